import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { directDecoder } from '../../../src/ingest/accept/decoder.ts'
import { sealedAhead } from '../../../src/ingest/pipeline/seal-ahead.ts'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { readDecoded } from '../../../src/ledger/read.ts'
import { appeal, flag, unwrap } from '../../ledger/events.ts'

describe('given a ledger, and texts that are sealed before it appends them', () => {
  let dir = ''
  let open: OpenLedger
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'redress-seal-ahead-'))
    open = unwrap(await openLedger(dir))
  })
  afterEach(async () => {
    await open.close()
    rmSync(dir, { recursive: true })
  })

  const ahead = async (...events: ReadonlyArray<PreparedEvent>) =>
    unwrap(await sealedAhead(events, open.expectedKeys, directDecoder()))
  const append = async (events: ReadonlyArray<PreparedEvent>): Promise<ReadonlyArray<string>> => {
    const batches = events.map((event) => ({
      stream: event.stream,
      expectedRevision: 'any' as const,
      events: [event],
    }))
    return unwrap(await open.ledger.append(batches)).flatMap((result) =>
      result.kind === 'written' ? result.events.map(({ kind }) => kind) : [result.kind],
    )
  }
  /** Of each appeal: what it is sealed with, and what the vault opens. */
  const appeals = async () => {
    const found: { readonly id: string; readonly keyId: string; readonly opened: unknown }[] = []
    for await (const page of readDecoded(open.ledger, open.ledger.readAll(null))) {
      for (const { event } of unwrap(page)) {
        if (event.type !== 'appeal.filed.v1' || event.data.sealed === undefined) continue
        const { sealed } = event.data
        const opened = unwrap(await open.vault.openSealed(sealed, event.source, event.id))
        found.push({ id: event.id, keyId: sealed.keyId, opened: opened.kind === 'open' ? opened.text : null })
      }
    }
    return found
  }
  const keyIdOf = (event: PreparedEvent | undefined): string =>
    (event?.kind === 'personal' ? event.ahead?.sealed.keyId : undefined) ?? 'not sealed'
  const filesOfKeys = (): ReadonlyArray<string> =>
    readdirSync(dir)
      .filter((name) => /^(?:keys|vault)\.db$/.test(name))
      .map((name) => readFileSync(join(dir, name), 'hex'))

  test('when they are appended, then they are stored as they were sealed, an account\u2019s under one key', async () => {
    const events = await ahead(appeal('a1', 'u1', 'one'), flag('f1'), appeal('a2', 'u1', 'two'))
    const later = await ahead(appeal('a3', 'u1', 'three'), appeal('a4', 'u2', 'four'))
    expect(await append(events)).toEqual(['appended', 'appended', 'appended'])
    expect(await append(later)).toEqual(['appended', 'appended'])
    const [key, other] = [keyIdOf(events[0]), keyIdOf(later[1])]
    expect(key).not.toBe(other)
    expect(await appeals()).toEqual([
      { id: 'a1', keyId: key, opened: '{"text":"one"}' },
      { id: 'a2', keyId: key, opened: '{"text":"two"}' },
      { id: 'a3', keyId: key, opened: '{"text":"three"}' },
      { id: 'a4', keyId: other, opened: '{"text":"four"}' },
    ])
  })

  test('when they turn out to be duplicates, also of an erased text, then neither key nor ciphertext is stored', async () => {
    await append([appeal('a1', 'u1', 'one'), appeal('a2', 'u2', 'two')])
    unwrap(await open.keys.destroy('u1'))
    await open.close()
    const before = filesOfKeys()
    open = unwrap(await openLedger(dir))
    expect(await append(await ahead(appeal('a1', 'u1', 'one'), appeal('a2', 'u2', 'two')))).toEqual([
      'duplicate',
      'duplicate',
    ])
    await open.close()
    expect(filesOfKeys()).toEqual(before)
    open = unwrap(await openLedger(dir))
    expect(await append(await ahead(appeal('a2', 'u2', 'other words')))).toEqual(['conflict'])
  })

  test('when the key is destroyed in the meantime, then they are sealed under a new one', async () => {
    await append([appeal('a1', 'u1', 'one')])
    const events = await ahead(appeal('a2', 'u1', 'two'))
    unwrap(await open.keys.destroy('u1'))
    expect(await append(events)).toEqual(['appended'])
    const [first, second] = await appeals()
    expect(first).toMatchObject({ id: 'a1', opened: null })
    expect(second).toMatchObject({ id: 'a2', opened: '{"text":"two"}' })
    expect(second?.keyId).not.toBe(keyIdOf(events[0]))
  })

  test('when another process gives the account a key in the meantime, then that one is used', async () => {
    const events = await ahead(appeal('a2', 'u1', 'two'))
    const other = unwrap(await openLedger(dir))
    unwrap(
      await other.ledger.append([
        { stream: 'account-u1', expectedRevision: 'any', events: [appeal('a1', 'u1', 'one')] },
      ]),
    )
    await other.close()
    expect(await append(events)).toEqual(['appended'])
    const [first, second] = await appeals()
    expect(second).toMatchObject({ id: 'a2', opened: '{"text":"two"}', keyId: first?.keyId })
  })

  test('when the keys cannot be read, then that is the answer', async () => {
    const error = { kind: 'unavailable', message: 'keys.db: a read failed' } as const
    const answer = await sealedAhead([appeal('a1', 'u1', 'one')], () => E.left(error), directDecoder())
    expect(answer).toEqual(E.left(error))
  })

  test('when there are none, then nothing is sealed, and no file of keys appears', async () => {
    const events = [flag('f1')]
    expect(await ahead(...events)).toEqual(events)
    await ahead(appeal('a1', 'u1', 'never appended'))
    expect(readdirSync(dir)).not.toContain('keys.db')
  })
})
