import * as E from '#fp/Either'
import { type HeldDecision, type Hold, holdsOver } from '../../domain/hold.ts'
import type { HoldKey } from '../../domain/suspect.ts'
import type { Alarm } from '../../incidents/alarm/alarm.ts'
import type { History, PlacedDecision } from '../../replay/model/history.ts'
import { listAlarms } from '../alarm/list.ts'
import type { AppError } from '../error.ts'

/** An alarm about a rule, a detector or a decision maker that led to wrongful decisions. Instants in ms. */
type SoundedAlarm = {
  /** The first one about that. */
  readonly alarm: Alarm
  /** When the first wrongful decision was made that rests on it. */
  readonly firstWrongful: number
  /** The wrongful decisions that rest on it by then, and afterwards: those that a hold would have spared. */
  readonly before: number
  readonly spared: number
}

/** What alarms would have said of a platform while its enforcement went wrong. */
export type Sounded = {
  /** The earliest first. */
  readonly alarms: ReadonlyArray<SoundedAlarm>
  /** Alarms about what led to no wrongful decision. */
  readonly falseAlarms: ReadonlyArray<Alarm>
  /** All wrongful decisions, and those that holds would have spared, each once. */
  readonly wrongful: number
  readonly spared: number
}

/** Compares the alarms that a ledger would have sounded with the decisions that are wrong (ids). */
export const soundedOn = async (
  data: string,
  wrongful: ReadonlyArray<string>,
  history: Pick<History, 'decisions' | 'flags'>,
): Promise<E.Either<AppError, Sounded>> => {
  const listed = await listAlarms({ data, at: null, onProgress: () => {} })
  if (E.isLeft(listed)) return listed
  const decisions = wrongful.flatMap((id) => history.decisions.get(id) ?? []).map(heldDecision(history))
  const alarms: SoundedAlarm[] = []
  const falseAlarms: Alarm[] = []
  const holds: Hold[] = []
  for (const alarm of firstOfEach(listed.right.alarms)) {
    const hold = holdOf(alarm)
    const resting = decisions.filter((decision) => holdsOver([{ ...hold, since: 0 }], decision).length > 0)
    if (resting.length === 0) {
      falseAlarms.push(alarm)
      continue
    }
    const spared = resting.filter((decision) => holdsOver([hold], decision).length > 0).length
    const firstWrongful = resting.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY)
    alarms.push({ alarm, firstWrongful, before: resting.length - spared, spared })
    holds.push(hold)
  }
  const spared = decisions.filter((decision) => holdsOver(holds, decision).length > 0).length
  return E.right({ alarms, falseAlarms, wrongful: decisions.length, spared })
}

/** Later ones about the same follow from the first, as nobody put it right. */
const firstOfEach = (alarms: ReadonlyArray<Alarm>): ReadonlyArray<Alarm> =>
  [...new Map(alarms.toReversed().map((alarm) => [JSON.stringify(alarm.key), alarm])).values()].toSorted(
    (a, b) => a.sequence - b.sequence,
  )

/** The hold that the alarm would have asked for. */
const holdOf = ({ alarmId, key, at }: Alarm): Hold => ({
  ...{ holdId: alarmId, by: '', reason: '', alarmId, since: at, lifted: null },
  // Cast: the ids are those of decoded events.
  key: key as HoldKey,
})

const heldDecision =
  ({ flags }: Pick<History, 'flags'>) =>
  ({ place, data }: PlacedDecision): HeldDecision => ({
    at: place.at,
    decidedBy: data.decidedBy,
    ...(data.ruleset === undefined ? {} : { ruleset: data.ruleset }),
    grounds: data.grounds.flatMap((flagId) => flags.get(flagId)?.data ?? []),
  })
