import { streamOf } from '../../domain/stream.ts'

/** What a stored text says about itself. */
export type Envelope = {
  readonly id: string
  readonly source: string
  /** The stream that it belongs to. */
  readonly stream: string
  /** 24 characters, so that the texts sort in the order of the times. */
  readonly recordedAt: string
}

/**
 * Reads a stored text's envelope from its end. In canonical form (RFC 8785) the members that sort after `id` follow
 * it there in this order, all of them strings; no string holds a bare quote, so the last `,"id":"` is the envelope's
 * own. This takes a fifth of the time of parsing the event, which not every caller needs. Null when the ledger did
 * not write the text.
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
/** Of visible ASCII, JSON escapes only these two. */
const ESCAPED = String.raw`"(?:[^"\\]|\\["\\])+"`

const END = new RegExp(
  `,"id":${PLAIN},"recordedat":"([^"\\\\]{24})","source":(${ESCAPED}),"specversion":"1\\.0","subject":${PLAIN},` +
    `"time":"[^"\\\\]+"(?:,"traceparent":${ESCAPED})?(?:,"tracestate":${ESCAPED})?,"type":${PLAIN}\\}$`,
  'y',
)

const unescaped = (quoted: string): string =>
  quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1)
