import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import type { Pages } from '../port.ts'
import { mapPage, type Reader } from './read.ts'
import { readEventOf } from './stored.ts'

const STREAM_PAGE = 500

/** Reads a stream page by page, up to its current end. */
export async function* streamPages(reader: Reader, stream: StreamName): Pages {
  const end = await reader.streamBackwards(stream, null, 1)
  const last = mapPage(end, (event) => readEventOf(event, stream).recorded.revision)
  if (E.isLeft(last)) {
    yield last
    return
  }
  // Until the end is seen: a read can be cut short.
  for (let next = 0; next <= (last.right[0] ?? -1); ) {
    const page = await reader.stream(stream, next, STREAM_PAGE)
    const events = mapPage(page, (event) => readEventOf(event, stream).recorded)
    yield events
    if (E.isLeft(events)) return
    next += events.right.length
  }
}
