import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { FileKind } from '../src/foundation/sqlite/database.ts'
import { forWriting } from '../src/foundation/sqlite/read-only.ts'
import { lettersFile } from '../src/ingest/dead-letters/file.ts'
import { sequenceFile } from '../src/ledger/eventstoredb/sequence-index.ts'
import { ledgerFile } from '../src/ledger/sqlite/schema.ts'
import { letterKeys } from '../src/ledger/vault/letter-keys.ts'
import { keysFile, vaultFile } from '../src/ledger/vault/schema.ts'
import { fixtures } from './fixtures/data-folders/unpack.ts'

type Schema = {
  readonly file: string
  readonly kind: FileKind
  /** The SHA-256 of the statements that make the file, by its version. A line is added, and none is ever changed. */
  readonly hashes: Readonly<Record<number, string>>
}

const schemas: ReadonlyArray<Schema> = [
  {
    file: 'ledger.db',
    kind: ledgerFile,
    hashes: {
      1: 'a955cb68e8e8ba6571b20c7c3f86884e634f910ee91751cc8b23c41eb1363b07',
      2: '8cec6f18248a32b9b525746cc84d8f5d9bf7f47bb050d7dafa825c1f85ea7d73',
    },
  },
  {
    file: 'vault.db',
    kind: vaultFile,
    hashes: { 1: 'd9c1934355d9bba65db227c89e16e70192357e4decd76bd3ec5519b311aa1ef1' },
  },
  {
    file: 'keys.db',
    kind: keysFile,
    hashes: {
      2: 'e70915bd4d8cc9dbfb4ed2692684034b1acbd13e35560e17c816e231874c59d1',
      3: 'e70915bd4d8cc9dbfb4ed2692684034b1acbd13e35560e17c816e231874c59d1',
    },
  },
  {
    file: 'dead-letters.db',
    kind: lettersFile(letterKeys('.', () => false, forWriting)),
    hashes: { 2: '484bc049599e0fadd4274993314d969bb88eff688582b280fd073655b795ce6c' },
  },
  {
    file: 'sequence.db',
    kind: sequenceFile,
    hashes: { 2: 'cf8805256f6d2343ae7191e6b874f3a2a1082af9350b04585c4e64f673f867a8' },
  },
]

describe.each(schemas)('given the schema of $file', ({ file, kind, hashes }) => {
  const versions = Array.from({ length: kind.version }, (_, i) => i + 1)

  test('when it is changed, then its version is raised (see test/fixtures/data-folders/README.md)', () => {
    expect(hash('sha256', kind.schema.join(';\n'), 'hex')).toBe(hashes[kind.version])
  })

  test('when its version is raised, then there is a migration from each earlier one', () => {
    expect(Object.keys(kind.upgrades ?? {}).map(Number)).toEqual(versions.slice(0, -1))
  })

  test('when its version is raised, then a data folder of each version is kept', () => {
    expect(new Set(fixtures.map(({ recorded }) => recorded.schemas[file]))).toEqual(new Set(versions))
  })
})
