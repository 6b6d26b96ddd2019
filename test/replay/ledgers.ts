import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from '#fp/Either'
import type { IncomingEvent, OwnEvent } from '../../src/domain/event.ts'
import { prepare } from '../../src/ledger/event/prepare.ts'
import { type OpenLedger, openLedger } from '../../src/ledger/open.ts'
import type { Correction } from '../../src/replay/correction/correction.ts'
import { type Loaded, loadHistory } from '../../src/replay/model/load.ts'
import { evidenceWantedBy } from '../../src/replay/reference/sightings.ts'

/** The value of a result that a test expects to succeed. */
export const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

/** Runs a test with its own empty embedded ledger, removed afterwards. */
export const withLedger = async <A>(use: (open: OpenLedger) => Promise<A>): Promise<A> => {
  const dir = await mkdtemp(join(tmpdir(), 'redress-replay-'))
  const open = unwrap(await openLedger(dir, { clock: () => Date.UTC(2026, 0, 1) }))
  try {
    return await use(open)
  } finally {
    await open.close()
    await rm(dir, { recursive: true })
  }
}

/** Appends events one call each, in the given order; the ledger detects duplicates and conflicts. */
export const appendAll = async (
  { ledger }: OpenLedger,
  events: ReadonlyArray<IncomingEvent | OwnEvent>,
): Promise<void> => {
  for (const event of events) {
    const prepared = unwrap(prepare(event))
    unwrap(await ledger.append([{ stream: prepared.stream, expectedRevision: 'any', events: [prepared] }]))
  }
}

/** The history that the ledger holds, up to a sequence. */
export const loaded = async (
  { ledger, vault }: OpenLedger,
  correction: Correction,
  at: number | null = null,
): Promise<Loaded> => unwrap(await loadHistory(ledger, vault, evidenceWantedBy(correction), { at }))
