import { streamOf } from '../../domain/stream.ts'

/** What a stored text says of itself. */
export type Envelope = {
  readonly id: string
  readonly source: string
  /** The stream that it belongs to. */
  readonly stream: string
  /** 24 characters, so that the order of the texts is that of the times. */
  readonly recordedAt: string
}

/**
 * Reads a stored text's envelope off its end. In canonical form (RFC 8785) the members that sort after `id` follow it
 * there in this order, all of them texts; and no text holds a bare quote, so the last `,"id":"` is the envelope's own.
 * That takes a fifth of what parsing the event would, which is not everywhere needed. Null: the text is not one that
 * the ledger writes.
 */
export const envelopeOf = (canonical: string): Envelope | null => {
  END.lastIndex = canonical.lastIndexOf(',"id":"')
  const [, id, recordedAt, source, subject, type] = END.exec(canonical) ?? []
  if (
    id === undefined ||
    recordedAt === undefined ||
    source === undefined ||
    subject === undefined ||
    type === undefined
  ) {
    return null
  }
  return { id, source: unescaped(source), stream: streamOf({ type, subject }), recordedAt }
}

const PLAIN = String.raw`"([^"\\]+)"`
/** Of visible ASCII, JSON escapes these two. */
const ESCAPED = String.raw`"(?:[^"\\]|\\["\\])+"`

const END = new RegExp(
  `,"id":${PLAIN},"recordedat":"([^"\\\\]{24})","source":(${ESCAPED}),"specversion":"1\\.0","subject":${PLAIN},` +
    `"time":"[^"\\\\]+"(?:,"traceparent":${ESCAPED})?(?:,"tracestate":${ESCAPED})?,"type":${PLAIN}\\}$`,
  'y',
)

const unescaped = (quoted: string): string =>
  quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1)
