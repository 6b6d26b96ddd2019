import { isDeepStrictEqual } from 'node:util'
import * as E from '#fp/Either'
import type { OwnEvent, StoredEvent } from '../../domain/event.ts'
import { holdsOf, standingOn } from '../../domain/hold.ts'
import type { AlarmKey } from '../../domain/suspect.ts'
import { ownEvent } from '../../incidents/own-event.ts'
import { whatItSays } from '../../incidents/raised.ts'
import { shortId } from '../../incidents/short-id.ts'
import { readHoldEvents } from '../../ledger/holds.ts'
import type { Ledger } from '../../ledger/port.ts'
import type { AppError } from '../error.ts'
import { ledgerResult } from '../results.ts'

type AlarmRaised = StoredEvent<'alarm.raised.v1'>

/** Whether an alarm asks for a hold: the first of its key in a day does, a tripwire does not. */
export const asksForHold = ({ data: { family, repeats } }: AlarmRaised): boolean =>
  family !== undefined && repeats === undefined

/** The requests for holds on what alarms suspect. None on what is on hold already, and one for each alarm, ever. */
export const holdsFor = async (
  ledger: Pick<Ledger, 'readStream' | 'vocabulary'>,
  alarms: ReadonlyArray<AlarmRaised>,
): Promise<E.Either<AppError, ReadonlyArray<OwnEvent<'hold.requested.v1'>>>> => {
  if (alarms.length === 0) return E.right([])
  const events = ledgerResult(await readHoldEvents(ledger))
  if (E.isLeft(events)) return events
  const holds = holdsOf(events.right)
  const asked: OwnEvent<'hold.requested.v1'>[] = []
  for (const alarm of alarms) {
    const { alarmId, key } = alarm.data
    const held = heldKey(key)
    const isAsked = asked.some(({ data }) => isDeepStrictEqual(data.key, held))
    if (isAsked || standingOn(holds, held) !== undefined) continue
    const holdId = shortId(alarmId)
    const reason = `alarm ${holdId}: ${whatItSays(alarm.data)}`
    asked.push(
      ownEvent('hold.requested.v1', {
        ...{ id: `hold-${holdId}-requested`, subject: holdId, time: alarm.recordedat },
        data: { holdId, by: 'redress watch --hold', reason, alarmId, key: held },
      }),
    )
  }
  return E.right(asked)
}

const heldKey = ({ source: _, sha256: __, ...key }: AlarmKey) => key
