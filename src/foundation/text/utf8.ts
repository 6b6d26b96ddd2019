import { isUtf8 } from 'node:buffer'

/** UTF-8's byte order mark, which gives a file's encoding and is not part of its text. */
const MARK = [0xef, 0xbb, 0xbf] as const

/** The bytes after a byte order mark, if they begin with one. */
export const withoutMark = (bytes: Uint8Array): Uint8Array =>
  MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(MARK.length) : bytes

/** Whether bytes begin with a byte order mark of UTF-16. */
export const looksLikeUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

/** Where bytes stop being valid UTF-8; null: nowhere. */
export const brokenAt = (bytes: Uint8Array): number | null => {
  if (isUtf8(bytes)) return null
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  let at = 0
  let from = 0
  for (;;) {
    // At the first replacement character that was not in the input.
    const mark = text.indexOf('\ufffd', from)
    if (mark === -1) return at
    at += Buffer.byteLength(text.slice(from, mark))
    const isSent = bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd
    if (!isSent) return at
    at += 3
    from = mark + 1
  }
}
