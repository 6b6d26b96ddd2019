import * as E from '#fp/Either'
import type { LedgerError } from '../../../ledger/port.ts'
import { keepManifest, listKeeper, readList, readManifest } from '../../../ledger/vault/manifest.ts'
import type { Vault } from '../../../ledger/vault/vault.ts'
import type { DividedRows } from './divide.ts'
import type { WaveRequest } from './requests.ts'

/** What the manifest of a wave is about. */
export type WaveHead = {
  readonly kept: 'wave'
  readonly remediationId: string
  readonly wave: number
  /** The ledger's sequence up to which it was judged again. */
  readonly sequence: number
}

/** A wave that is in the vault. */
export type KeptWave = {
  readonly rowsSha256: string
  readonly requests: number
  readonly settledElsewhere: number
  readonly kept: number
}

/** Stores what is asked for in a wave, and what is not, account by account. */
export const keepWave = async (
  vault: Pick<Vault, 'keep'>,
  head: WaveHead,
  divided: AsyncIterable<E.Either<LedgerError, DividedRows>>,
): Promise<E.Either<LedgerError, KeptWave>> => {
  const keepers = {
    requests: listKeeper(vault),
    settledElsewhere: listKeeper(vault),
    kept: listKeeper(vault),
  }
  for await (const rows of divided) {
    if (E.isLeft(rows)) return rows
    for (const name of lists) {
      const added = await keepers[name].add(rows.right[name])
      if (E.isLeft(added)) return added
    }
  }
  const requests = await keepers.requests.end()
  if (E.isLeft(requests)) return requests
  const settledElsewhere = await keepers.settledElsewhere.end()
  if (E.isLeft(settledElsewhere)) return settledElsewhere
  const kept = await keepers.kept.end()
  if (E.isLeft(kept)) return kept
  const manifest = {
    ...{ head, needs: [] },
    lists: { requests: requests.right, settledElsewhere: settledElsewhere.right, kept: kept.right },
  }
  return E.map(
    (rowsSha256: string): KeptWave => ({
      rowsSha256,
      requests: requests.right.items,
      settledElsewhere: settledElsewhere.right.items,
      kept: kept.right.items,
    }),
  )(await keepManifest(vault, manifest))
}

const lists = ['requests', 'settledElsewhere', 'kept'] as const

/** Reads the requests of a wave, a megabyte at a time, in the order in which they are sent. */
export async function* requestsOfWave(
  vault: Pick<Vault, 'document'>,
  rowsSha256: string,
): AsyncIterable<E.Either<LedgerError, ReadonlyArray<WaveRequest>>> {
  const manifest = await readManifest(vault, rowsSha256)
  if (E.isLeft(manifest)) {
    yield manifest
    return
  }
  const { head, lists } = manifest.right
  if (head.kept !== 'wave' || lists.requests === undefined) {
    yield E.left({ kind: 'corrupt', message: `the document ${rowsSha256} is not a wave` })
    return
  }
  // Cast: as `keepWave` stored it; every document is checked against its hash.
  yield* readList(vault, lists.requests) as AsyncIterable<E.Either<LedgerError, ReadonlyArray<WaveRequest>>>
}
