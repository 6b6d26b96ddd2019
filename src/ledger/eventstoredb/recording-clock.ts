import * as E from '#fp/Either'
import { type RecordingClock, recordedAtOf, recordingTime } from '../clock.ts'
import type { LedgerError } from '../port.ts'

export type WriterClock = RecordingClock & {
  /** The text of the ledger's last event; null when it is empty. */
  readonly lastText: () => Promise<E.Either<LedgerError, string | null>>
}

/**
 * The clock of this writer: never before the last event that was there when it started, or its own last event. It
 * does not know what writers with other clocks have recorded since.
 */
export const recordingClock = ({ clock, acceptClock, lastText }: WriterClock) => {
  let last: number | null | undefined
  return async (): Promise<E.Either<LedgerError, number>> => {
    if (last === undefined) {
      const text = await lastText()
      if (E.isLeft(text)) return text
      last = text.right === null ? null : (recordedAtOf(text.right) ?? null)
    }
    const time = recordingTime(clock(), last, acceptClock)
    if (E.isRight(time)) last = time.right
    return time
  }
}
