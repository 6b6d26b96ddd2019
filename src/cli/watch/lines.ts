import { suspectName } from '../../domain/definition/story.ts'
import type { OwnEvent } from '../../domain/event.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { whatItSays } from '../../incidents/raised.ts'

type Raised = OwnEvent<'alarm.raised.v1'>

/** An alarm or a tripwire for people, on one line. */
export const raisedLine = ({ time, data }: Raised): string => {
  const { alarmId, key, accounts, sequence, repeats } = data
  const again = repeats === undefined ? '' : ', again'
  const at = time.slice(0, 19).replace('T', ' ')
  return `${at}  ${suspectName(key)} ${whatItSays(data)} (${countOf(accounts, 'account')}${again}; event ${sequence}, alarm ${alarmId.slice(0, 12)})`
}

/** The same as JSON; `history`: from before alarms were recorded. */
export const raisedJson = ({ time, data }: Raised, kind: 'history' | 'recorded') => ({
  kind,
  ...data,
  says: whatItSays(data),
  at: time,
})

/** A hold that an alarm asked for, on one line. */
export const holdRequestedLine = ({ time, data }: OwnEvent<'hold.requested.v1'>): string =>
  `${time.slice(0, 19).replace('T', ' ')}  hold ${data.holdId} on ${suspectName(data.key)} requested (${data.reason})`

/** The same as JSON. */
export const holdRequestedJson = ({ time, data }: OwnEvent<'hold.requested.v1'>) => ({
  kind: 'hold',
  ...data,
  at: time,
})
