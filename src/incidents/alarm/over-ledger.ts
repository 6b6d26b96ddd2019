import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { streamOf } from '../../domain/stream.ts'
import { instantOf } from '../../domain/time.ts'
import type { LedgerError, SequencedEvent } from '../../ledger/port.ts'
import { type DecodedEvent, readDecoded } from '../../ledger/read.ts'
import type { LoadError } from '../../replay/model/load.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { documentOf, eachOfHistory, type FoldedLedger, type HistoryOptions } from '../history.ts'
import type { Alarm } from './alarm.ts'
import { type AlarmState, type Alarms, type DueDecision, openAlarms, type SettledDecision } from './alarms.ts'
import { type AuditedRule, auditedRules } from './audited.ts'
import { type AlarmParameters, checkParameters } from './parameters.ts'

/** What would have sounded by a sequence of the ledger. */
export type AlarmsSounded = { readonly sequence: number; readonly alarms: ReadonlyArray<Alarm> }

/** Alarms over the events of a ledger, which are given in order, as they are recorded or later. */
export type LedgerAlarms = {
  /** Takes the next event; returns the alarms that it sounds, or that were due before it, in order. */
  readonly take: (
    decoded: DecodedEvent<SequencedEvent>,
  ) => Promise<E.Either<LedgerError, ReadonlyArray<Alarm>>>
  /** When the first decision that waits to be judged is due, in ms; null: none waits. */
  readonly nextDue: () => number | null
  readonly state: () => AlarmState
}

/**
 * What is not in the events themselves is looked up in the ledger and its vault. Starts at the first event, or after the last
 * one of a state, with the documents that it names.
 */
export const alarmsOn = (
  { ledger, vault }: FoldedLedger,
  saved?: AlarmState,
  documents?: ReadonlyMap<string, Ruleset>,
): LedgerAlarms => {
  const alarms = openAlarms(saved, documents)
  return {
    take: async ({ recorded: { sequence }, event }) => {
      const document = event.type === 'ruleset.published.v1' ? await documentOf(vault, event) : E.right(null)
      if (E.isLeft(document)) return document
      const parameters =
        event.type === 'alarm.configured.v1' ? await parametersOf(vault, event) : E.right(null)
      if (E.isLeft(parameters)) return parameters
      const settled = await settledBy(ledger, alarms, instantOf(event.recordedat))
      if (E.isLeft(settled)) return settled
      const audited = await auditedBy(ledger, event)
      if (E.isLeft(audited)) return audited
      const given = { document: document.right, parameters: parameters.right, settled: settled.right }
      return E.right(alarms.take({ sequence, event, ...given, audited: audited.right }))
    },
    nextDue: alarms.nextDue,
    state: alarms.state,
  }
}

/** The parameters that an event sets. */
const parametersOf = async (
  vault: FoldedLedger['vault'],
  { data: { parametersSha256 } }: StoredEvent<'alarm.configured.v1'>,
): Promise<E.Either<LedgerError, AlarmParameters>> => {
  const text = await vault.document(parametersSha256)
  if (E.isLeft(text)) return text
  const checked = text.right === null ? E.left([]) : checkParameters(JSON.parse(text.right))
  if (E.isRight(checked)) return checked
  const why = text.right === null ? 'are not in the vault' : 'are not valid'
  return E.left({
    kind: 'corrupt',
    message: `the parameters of alarms ${parametersSha256} ${why}; restore vault.db from a backup`,
  })
}

/** The alarms that the first events of a ledger sound, in order. Reads all of them. */
export const alarmsOver = async (
  folded: FoldedLedger,
  options: HistoryOptions,
): Promise<E.Either<LoadError, AlarmsSounded>> => {
  const alarms = alarmsOn(folded)
  const found: Alarm[] = []
  const last = await eachOfHistory(folded.ledger, options, async (decoded) => {
    const sounded = await alarms.take(decoded)
    if (E.isLeft(sounded)) return sounded
    found.push(...sounded.right)
    return E.right(undefined)
  })
  return E.isLeft(last) ? last : E.right({ sequence: last.right, alarms: found })
}

/**
 * The decisions that are due at a moment. Of those that cannot count nothing is read: an account may have thousands of
 * decisions in a day, and gives one unit.
 */
const settledBy = async (
  ledger: FoldedLedger['ledger'],
  alarms: Alarms,
  moment: number,
): Promise<E.Either<LedgerError, ReadonlyArray<SettledDecision>>> => {
  const settled: SettledDecision[] = []
  for (const decision of alarms.due(moment)) {
    const recorded = alarms.mayCount(decision) ? await recordedUntilDue(ledger, decision) : E.right([])
    if (E.isLeft(recorded)) return recorded
    settled.push({ decision, recorded: recorded.right })
  }
  return E.right(settled)
}

/** What a verdict says something about; nothing, of any other event. */
const auditedBy = async (
  ledger: FoldedLedger['ledger'],
  event: StoredEvent,
): Promise<E.Either<LedgerError, ReadonlyArray<AuditedRule>>> => {
  if (event.type !== 'decision.audited.v1' || event.data.verdict === 'unsure') return E.right([])
  const isIt = ({ source, id }: StoredEvent): boolean => source === event.source && id === event.id
  const before = await recordedUntil(ledger, event.subject, isIt)
  return E.isLeft(before) ? before : E.right(auditedRules(event, before.right))
}

/** What was recorded in the stream of a decision's account until it is due. */
const recordedUntilDue = (ledger: FoldedLedger['ledger'], { due, event: { account } }: DueDecision) =>
  recordedUntil(ledger, account, ({ recordedat }) => instantOf(recordedat) >= due)

const recordedUntil = async (
  ledger: FoldedLedger['ledger'],
  account: string,
  isEnd: (event: StoredEvent) => boolean,
): Promise<E.Either<LedgerError, ReadonlyArray<StoredEvent>>> => {
  const stream = streamOf({ type: 'account.deactivated.v1', subject: account })
  const events: StoredEvent[] = []
  for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
    if (E.isLeft(page)) return page
    for (const { event } of page.right) {
      if (isEnd(event)) return E.right(events)
      events.push(event)
    }
  }
  return E.right(events)
}
