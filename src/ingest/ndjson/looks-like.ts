import { isUtf8 } from 'node:buffer'
import * as E from '#fp/Either'
import { looksLikeUtf16 } from '../../foundation/text/utf8.ts'
import { parseJson } from '../accept/json.ts'

/** What an input that is not NDJSON looks like, and what to do about it, as a sentence. */
export type Look = { readonly form: string; readonly todo: string }

const through = (command: string): string => `${command} | redress ingest -`
const EXPORT = 'Convert its events to NDJSON first, one CloudEvent per line'
const FROM_ROWS = 'Convert each row to a CloudEvent first'

/** Formats by the bytes they have at an offset. */
const signatures: ReadonlyArray<readonly [bytes: string, at: number, form: string, todo: string]> = [
  ['PAR1', 0, 'Parquet', "With DuckDB: COPY (FROM 'FILE') TO 'events.ndjson' (FORMAT json)"],
  ['PK\x03\x04', 0, 'a zip archive', `Unpack it: ${through('unzip -p FILE')}`],
  ['ustar', 257, 'a tar archive', `Unpack it: ${through('tar -xOf FILE')}`],
  ['\xfd7zXZ\0', 0, 'xz', `Unpack it: ${through('xz -dc FILE')}`],
  ['BZh', 0, 'bzip2', `Unpack it: ${through('bzip2 -dc FILE')}`],
  ['\x04\x22\x4d\x18', 0, 'lz4', `Unpack it: ${through('lz4 -dc FILE')}`],
  ['\x1f\x8b', 0, 'gzip inside a compressed file', `Unpack it once: ${through('gunzip -c FILE')}`],
  [
    '\x28\xb5\x2f\xfd',
    0,
    'Zstandard inside a compressed file',
    `Unpack it once: ${through('zstd -dc FILE')}`,
  ],
  ['SQLite format 3\0', 0, 'an SQLite database', EXPORT],
  ['DUCK', 8, 'a DuckDB database', EXPORT],
  ['Obj\x01', 0, 'Avro', EXPORT],
]

/** What an input certainly is by its first line, whatever follows; null: it may be NDJSON. */
export const looksByBytes = (first: Buffer): Look | null => {
  const known = signatures.find(([magic, at]) => first.toString('latin1', at, at + magic.length) === magic)
  if (known !== undefined) return { form: known[2], todo: known[3] }
  if (!looksLikeUtf16(first) && !isUnmarkedUtf16(first)) return null
  return { form: 'UTF-16', todo: `Convert it to UTF-8: ${through('iconv -f UTF-16 -t UTF-8 FILE')}` }
}

/** Every second byte of ASCII is 0 there. */
const isUnmarkedUtf16 = (bytes: Buffer): boolean => {
  const zeros = [...bytes.subarray(0, 4)].map((byte) => (byte === 0 ? '0' : 'x')).join('')
  return zeros === '0x0x' || zeros === 'x0x0'
}

/** What an input looks like by its first lines, none of which is a JSON object; null: one line is not enough. */
export const looksByLines = (lines: ReadonlyArray<Buffer>): Look | null => {
  const texts = lines.map((line) => line.toString('utf8'))
  const [first = ''] = texts
  if (/^<(?:!doctype html|html|head|body)\b/i.test(first)) {
    return { form: 'an HTML page', todo: 'It may be an error or a sign-in page: download the file again' }
  }
  if (/^<(?:\?xml|[a-z][\w:-]*[\s/>])/i.test(first)) return { form: 'XML', todo: EXPORT }
  // An array of objects, unlike `[INFO] started`.
  if (/^\[\s*(?:[{[\]]|$)/.test(first)) {
    return { form: 'a JSON array', todo: `Put each event on one line: ${through("jq -c '.[]' FILE")}` }
  }
  if (lines.length < 2) return null
  if (lines.some((line) => line.includes(0))) return { form: 'binary data', todo: EXPORT }
  if (/^\{.*\},$/.test(first)) {
    return {
      form: 'JSON objects with commas after them',
      todo: `Remove the commas: ${through("sed 's/,$//' FILE")}`,
    }
  }
  if (/^\{(?:.*[{[,])?$/.test(first)) {
    return { form: 'pretty-printed JSON', todo: `Put each event on one line: ${through('jq -c . FILE')}` }
  }
  const separator = first.startsWith('{') ? undefined : separatorOf(texts)
  if (separator === '\t') return { form: 'tab-separated values', todo: FROM_ROWS }
  if (separator !== undefined) return { form: 'CSV', todo: FROM_ROWS }
  if (!lines.every((line) => isUtf8(line)))
    return { form: 'text that is not UTF-8', todo: 'Save it as UTF-8' }
  const parsed = parseJson(lines[0] ?? Buffer.of())
  const form = E.isLeft(parsed) ? `text (line 1: ${parsed.left.message})` : 'JSON, but not objects'
  return { form, todo: 'An event is a JSON object on one line' }
}

/** What separates the fields of a table; each line has the same number of them. */
const separatorOf = (lines: ReadonlyArray<string>): string | undefined => {
  const unquoted = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, ''))
  return [',', ';', '\t', '|'].find((separator) => {
    const [first = 1, ...others] = unquoted.map((line) => line.split(separator).length)
    return first > 1 && others.every((count) => count === first)
  })
}
