import * as E from '#fp/Either'
import { describeDecodeError } from '../domain/codec.ts'
import { decodeStored } from '../domain/decode.ts'
import type { StoredEvent } from '../domain/event.ts'
import type { Ledger, LedgerError, Pages, RecordedEvent } from './port.ts'
import { explained } from './vocabulary.ts'

/** An event as the ledger stores it, and decoded. */
export type DecodedEvent<A extends RecordedEvent = RecordedEvent> = {
  readonly recorded: A
  readonly event: StoredEvent
}

/**
 * Parses and decodes stored events of a ledger, page by page. One that does not decode is `corrupt`, with its
 * position and field, unless a newer Redress has written it; nothing follows an error.
 */
export async function* readDecoded<A extends RecordedEvent>(
  ledger: Pick<Ledger, 'vocabulary'>,
  pages: Pages<A>,
): AsyncIterable<E.Either<LedgerError, ReadonlyArray<DecodedEvent<A>>>> {
  for await (const page of pages) {
    const decoded = E.isLeft(page) ? page : decodePage(page.right)
    yield E.isLeft(page) || E.isRight(decoded) ? decoded : E.left(await explained(decoded.left, ledger))
    if (E.isLeft(decoded)) return
  }
}

const decodePage = <A extends RecordedEvent>(
  page: ReadonlyArray<A>,
): E.Either<LedgerError, ReadonlyArray<DecodedEvent<A>>> => {
  const events: DecodedEvent<A>[] = []
  for (const recorded of page) {
    const event = decodeText(recorded.canonical)
    if (E.isLeft(event)) {
      return E.left({
        kind: 'corrupt',
        message: `event ${recorded.revision} of ${recorded.stream}: ${event.left}`,
      })
    }
    events.push({ recorded, event: event.right })
  }
  return E.right(events)
}

/** Decodes the text of a stored event; the error is one line for people. */
export const decodeText = (text: string): E.Either<string, StoredEvent> => {
  const json = E.tryCatch(
    (): unknown => JSON.parse(text),
    () => 'it is not JSON',
  )
  if (E.isLeft(json)) return json
  const event = decodeStored(json.right)
  return E.isLeft(event) ? E.left(event.left.map(describeDecodeError).join('; ')) : event
}
