import * as E from '#fp/Either'
import { type WatchedLedger, type WatchOptions, watchLedger } from '../../../src/app/watch/watch.ts'
import { unwrap } from '../../ledger/events.ts'

/** What a watch said. */
export type Said = {
  readonly history: string[]
  readonly told: string[]
  readonly held: string[]
  readonly remarks: string[]
}

/** Looks at a ledger to its end, and what it said on the way. */
export const watched = async (
  data: string,
  options: Partial<WatchOptions> = {},
): Promise<Said & { readonly result: WatchedLedger }> => {
  const said: Said = { history: [], told: [], held: [], remarks: [] }
  const result = await watchLedger({
    ...{ data, clock: Date.now, untilEnd: true, hold: false, webhook: null, kafka: null },
    signal: new AbortController().signal,
    onOpen: () => {},
    watch: {
      onHistory: (raised) => said.history.push(...raised.map((one) => one.data.alarmId)),
      onAlarm: (alarm) => said.told.push(alarm.data.alarmId),
      onHold: (hold) => said.held.push(hold.data.holdId),
      onRead: () => {},
      onRemark: (message) => said.remarks.push(message),
    },
    ...options,
  })
  if (E.isLeft(result)) throw new Error(result.left.message)
  return { ...said, result: unwrap(result) }
}
