import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { streamOf } from '../../domain/stream.ts'
import { instantOf } from '../../domain/time.ts'
import { compileDocuments } from '../../ledger/documents.ts'
import type { LedgerError } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import type { LoadError } from '../../replay/model/load.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { HistoryOptions, LedgerOfWires } from '../tripwires/over-ledger.ts'
import type { Alarm } from './alarm.ts'
import { type DueDecision, openAlarms, type SettledDecision } from './alarms.ts'

/** What would have sounded by a sequence of the ledger. */
export type AlarmsSounded = { readonly sequence: number; readonly alarms: ReadonlyArray<Alarm> }

/** The alarms that the first events of a ledger sound, in order. Reads all of them. */
export const alarmsOver = async (
  { ledger, vault }: LedgerOfWires,
  { at, onProgress }: HistoryOptions,
): Promise<E.Either<LoadError, AlarmsSounded>> => {
  const head = await ledger.head()
  if (E.isLeft(head)) return head
  const last = at ?? head.right.sequence
  if (last > head.right.sequence) {
    return E.left({ kind: 'no_such_sequence', requested: last, head: head.right.sequence })
  }
  const alarms = openAlarms()
  const found: Alarm[] = []
  for await (const page of readDecoded(ledger, ledger.readAll(null, { until: last }))) {
    if (E.isLeft(page)) return page
    let sequence = 0
    for (const { recorded, event } of page.right) {
      const document = await documentOf(vault, event)
      if (E.isLeft(document)) return document
      const settled: SettledDecision[] = []
      for (const decision of alarms.due(instantOf(event.recordedat))) {
        const before = await recordedUntilDue(ledger, decision)
        if (E.isLeft(before)) return before
        settled.push({ decision, recorded: before.right })
      }
      sequence = recorded.sequence
      found.push(...alarms.take({ sequence, event, document: document.right, settled }))
    }
    onProgress(sequence, last)
  }
  return E.right({ sequence: last, alarms: found })
}

const documentOf = async (
  vault: Vault,
  event: StoredEvent,
): Promise<E.Either<LedgerError, Ruleset | null>> => {
  if (event.type !== 'ruleset.published.v1') return E.right(null)
  const { documentSha256 } = event.data
  const documents = await compileDocuments(vault, new Set([documentSha256]))
  return E.isLeft(documents) ? documents : E.right(documents.right.get(documentSha256) ?? null)
}

/** What was recorded in the stream of a decision's account until it is due. */
const recordedUntilDue = async (
  ledger: LedgerOfWires['ledger'],
  { due, event: { account } }: DueDecision,
): Promise<E.Either<LedgerError, ReadonlyArray<StoredEvent>>> => {
  const stream = streamOf({ type: 'account.deactivated.v1', subject: account })
  const events: StoredEvent[] = []
  for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
    if (E.isLeft(page)) return page
    for (const { event } of page.right) {
      if (instantOf(event.recordedat) >= due) return E.right(events)
      events.push(event)
    }
  }
  return E.right(events)
}
