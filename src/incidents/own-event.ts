import type { OwnEvent, OwnType } from '../domain/event.ts'
import type { Timestamp } from '../domain/time.ts'

/** An event of our own, made of ids and texts that decoded events hold, or that were derived from them. */
export const ownEvent = <T extends OwnType>(
  type: T,
  {
    id,
    subject,
    time,
    data,
  }: { readonly id: string; readonly subject: string; readonly time: Timestamp; readonly data: object },
): OwnEvent<T> =>
  // Cast: those ids and texts have the forms that its codec asks for; whoever reads the event checks that.
  ({ specversion: '1.0', id, source: '/redress', type, subject, time, data }) as unknown as OwnEvent<T>
