import * as E from '#fp/Either'
import type { OwnEvent } from '../domain/event.ts'
import { appendEvents } from '../ingest/pipeline/append-events.ts'
import { prepare } from '../ledger/event/prepare.ts'
import type { Ledger } from '../ledger/port.ts'
import { type AppError, failed } from './error.ts'
import { ledgerResult } from './results.ts'

/** What was recorded of events of our own, and which contradict what was recorded before under their ids. */
export type OwnRecorded = {
  readonly appended: ReadonlyArray<OwnEvent>
  readonly conflicts: ReadonlyArray<string>
}

/** Records events of our own, each once, whoever else records them. */
export const recordOwn = async (
  ledger: Pick<Ledger, 'append'>,
  events: ReadonlyArray<OwnEvent>,
): Promise<E.Either<AppError, OwnRecorded>> => {
  const prepared = events.map((event) => {
    const one = prepare(event)
    if (E.isLeft(one)) throw new Error(`${event.type} ${event.id}: ${one.left.path}: ${one.left.problem}`)
    return one.right
  })
  const outcomes = ledgerResult(await appendEvents(ledger, prepared))
  if (E.isLeft(outcomes)) return outcomes
  const conflicts: string[] = []
  const appended: OwnEvent[] = []
  for (const [i, outcome] of outcomes.right.entries()) {
    const event = events[i]
    const name = `${event?.type} ${event?.id}`
    if (outcome.kind === 'stream_damaged')
      return failed(`${name} could not be recorded: its stream is damaged`)
    if (outcome.kind === 'conflict') conflicts.push(`${name}: ${outcome.reason}`)
    if (outcome.kind === 'appended' && event !== undefined) appended.push(event)
  }
  return E.right({ appended, conflicts })
}
