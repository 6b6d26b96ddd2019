import { decodeIncoming } from '../../../src/domain/decode.ts'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { openPublished, type Published } from '../../../src/projection/published.ts'
import { type Folder, projected, withFolder } from '../../projection/projecting.ts'
import { appendAll, unwrap } from '../../replay/ledgers.ts'

const START = Date.UTC(2025, 2, 1)

/** The hours in a day; `service` counts in hours. */
export const DAY = 24

/** The first instant of a day, counted from 1 March 2025, in ms. */
export const at = (day: number): number => START + day * 86_400_000

/** An event about an account on a day. */
export const event = (type: string, subject: string, day: number, data: object): IncomingEvent =>
  unwrap(
    decodeIncoming({
      specversion: '1.0',
      id: `${type}-${subject}-${day}`,
      source: '/test',
      type,
      subject,
      time: formatInstant(at(day)),
      data,
    }),
  ).event

/** Reads what is published from a ledger that contains these events. */
export const looked = async <A>(
  events: ReadonlyArray<IncomingEvent>,
  look: (published: Published) => Promise<A>,
): Promise<A> =>
  withFolder(async (folder: Folder) => {
    await appendAll(folder.open, events)
    await projected(folder)
    const published = unwrap(await openPublished(folder.dir, { memory: '500MB' }))
    try {
      return await look(published)
    } finally {
      published.close()
    }
  })
