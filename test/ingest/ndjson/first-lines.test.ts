import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { checkFile, untilWrongForm } from '../../../src/ingest/ndjson/first-lines.ts'
import { readNdjson } from '../../../src/ingest/ndjson/read.ts'

const NEVER = new AbortController().signal
const read = (content: string | Buffer) => readNdjson(Readable.from([Buffer.from(content)]), 'FILE', NEVER)

/** What is said of a file. */
const messageFor = async (content: string | Buffer): Promise<string | undefined> =>
  (await checkFile(read(content), 'FILE', false, () => {}))?.message

/** How many lines of a pipe are handed on, and what is said then. */
const fromPipe = async (content: string | Buffer, stop = NEVER) => {
  let lines = 0
  let message: string | undefined
  for await (const came of untilWrongForm(read(content), 'stdin', stop)) {
    if (E.isLeft(came)) message = came.left.message
    else lines += came.right.bounds.length / 2
  }
  return { lines, message }
}

const event = { specversion: '1.0', id: 'a', data: { list: [1, {}, [{}]], none: {} } }
const EVENT = JSON.stringify(event)
const pretty = JSON.stringify(event, null, 2)

const NONE = (lines: string): string =>
  `FILE is not NDJSON: none of its ${lines} is a JSON object; it looks like `
const ONE = 'FILE is not NDJSON: its only line is not a JSON object; it looks like '
const utf16be = Buffer.from(`\ufeff${EVENT}\n`, 'utf16le').swap16()
const tar = Buffer.concat([
  Buffer.alloc(257, 'x\0'),
  Buffer.from('ustar\0'),
  Buffer.alloc(249),
  Buffer.from(EVENT),
])

describe('given a file that is not NDJSON', () => {
  test.each<[string, string | Buffer, string]>([
    [
      'a pretty-printed event',
      pretty,
      `${NONE('14 lines')}pretty-printed JSON. Put each event on one line: jq -c . FILE | redress ingest -`,
    ],
    [
      'pretty-printed events with CRLF',
      `${pretty}\n${pretty}`.replaceAll('\n', '\r\n'),
      `${NONE('28 lines')}pretty-printed JSON. Put each event on one line: jq -c . FILE | redress ingest -`,
    ],
    [
      'a pretty-printed array',
      JSON.stringify([event, {}], null, 2),
      `${NONE('17 lines')}a JSON array. Put each event on one line: jq -c '.[]' FILE | redress ingest -`,
    ],
    [
      'an array with one event per line',
      `[\n${EVENT},\n${EVENT}\n]`,
      `${NONE('4 lines')}a JSON array. Put each event on one line: jq -c '.[]' FILE | redress ingest -`,
    ],
    [
      'an array on one line',
      `[${EVENT},${EVENT}]`,
      `${ONE}a JSON array. Put each event on one line: jq -c '.[]' FILE | redress ingest -`,
    ],
    [
      'an array longer than the line limit',
      `[${EVENT.padStart(5 * 1024 * 1024)}]`,
      `${ONE}a JSON array. Put each event on one line: jq -c '.[]' FILE | redress ingest -`,
    ],
    [
      'events, each followed by a comma',
      `${EVENT},\n${EVENT},\n${EVENT}\n`,
      `${NONE('3 lines')}JSON objects with commas after them. Remove the commas: sed 's/,$//' FILE | redress ingest -`,
    ],
    [
      'CSV',
      'id,type\na,"x,y"\nb,z\n'.repeat(500),
      `${NONE('first 1,000 lines')}CSV. Convert each row to a CloudEvent first`,
    ],
    [
      'CSV with semicolons',
      'id;type\na;x\n',
      `${NONE('2 lines')}CSV. Convert each row to a CloudEvent first`,
    ],
    [
      'TSV',
      'id\ttype\na\tx\n',
      `${NONE('2 lines')}tab-separated values. Convert each row to a CloudEvent first`,
    ],
    [
      'a log',
      '[INFO] started\n[INFO] done\n',
      `${NONE('2 lines')}text (line 1: not JSON: found text at character 2, expected a JSON value). An event is a JSON object on one line`,
    ],
    [
      'JSON values',
      '"a"\n1\n',
      `${NONE('2 lines')}JSON, but not objects. An event is a JSON object on one line`,
    ],
    [
      'text in Latin-1',
      Buffer.from('caf\u00e9\nth\u00e9\n', 'latin1'),
      `${NONE('2 lines')}text that is not UTF-8. Save it as UTF-8`,
    ],
    [
      'UTF-16',
      Buffer.from(`\ufeff${EVENT}\n`, 'utf16le'),
      'FILE is not NDJSON: it looks like UTF-16. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE | redress ingest -',
    ],
    [
      'UTF-16, big-endian',
      utf16be,
      'FILE is not NDJSON: it looks like UTF-16. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE | redress ingest -',
    ],
    [
      'UTF-16 without a byte order mark',
      Buffer.from(`${EVENT}\n`, 'utf16le'),
      'FILE is not NDJSON: it looks like UTF-16. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE | redress ingest -',
    ],
    [
      'an HTML page',
      '<!DOCTYPE html><title>Sign in</title>',
      `${ONE}an HTML page. It may be an error or a sign-in page: download the file again`,
    ],
    [
      'XML',
      '<?xml version="1.0"?>\n<events/>\n',
      `${NONE('2 lines')}XML. Convert its events to NDJSON first, one CloudEvent per line`,
    ],
    [
      'Parquet',
      Buffer.from('PAR1\x15\x04\n\xff\n', 'latin1'),
      "FILE is not NDJSON: it looks like Parquet. With DuckDB: COPY (FROM 'FILE') TO 'events.ndjson' (FORMAT json)",
    ],
    [
      'a tar archive, whose second line is an event',
      Buffer.concat([tar, Buffer.from(`\n${EVENT}\n`)]),
      'FILE is not NDJSON: it looks like a tar archive. Unpack it: tar -xOf FILE | redress ingest -',
    ],
    [
      'gzip twice',
      gzipSync(gzipSync(EVENT)),
      'FILE is not NDJSON: it looks like gzip inside a compressed file. Unpack it once: gunzip -c FILE | redress ingest -',
    ],
    [
      'an executable',
      Buffer.from('\x7fELF\x01\n\0\0\n', 'latin1'),
      `${NONE('2 lines')}binary data. Convert its events to NDJSON first, one CloudEvent per line`,
    ],
  ])('when it is %s, then that is reported, with what to do', async (_, content, message) => {
    expect(await messageFor(content)).toBe(message)
    expect(await messageFor(gzipSync(content))).toBe(message)
  })
})

describe('given a file that may be NDJSON', () => {
  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['blank lines', '\n \n'],
    ['events', `${EVENT}\n${EVENT}\n`],
    ['an event with blanks around it', ` \t${EVENT} \r\n`],
    ['a single line that is not JSON', 'not json\n'],
    ['a single event that was cut off', EVENT.slice(0, -5)],
    ['an event after 999 lines that are not JSON', `${'x\n'.repeat(999)}${EVENT}\n`],
    ['an event after an array', `["a"]\n${EVENT}\n`],
    ['an event too long to be inspected', `x\n{"a":"${'x'.repeat(5 * 1024 * 1024)}"}\nx\n`],
    ['an event with the signature of a tar archive at its offset', `${'{"a":"'.padEnd(257, 'x')}ustar"}\n`],
  ])('when it is %s, then its lines are read one by one', async (_, content) => {
    expect(await messageFor(content)).toBeUndefined()
    expect((await fromPipe(content)).message).toBeUndefined()
  })

  test('when the first event is later, then it is too late', async () => {
    expect(await messageFor(`${'x\n'.repeat(1_000)}${EVENT}\n`)).toContain('none of its first 1,000 lines')
  })
})

describe('given a compressed file that is cut off after its first lines', () => {
  const cut = gzipSync(`${EVENT}\n`.repeat(5_000)).subarray(0, -4)
  test('when it is read to its end, then that is reported', async () => {
    expect(await checkFile(read(cut), 'FILE', true, () => {})).toEqual({
      kind: 'unreadable',
      message: 'cannot read FILE: its compressed data is truncated; get a complete copy',
    })
  })
})

describe('given a pipe that is not NDJSON', () => {
  const message =
    'stdin is not NDJSON: none of its first 1,000 lines is a JSON object; it looks like CSV. Convert each row to a CloudEvent first'

  test('when it is long, then the lines read so far are passed on, and no more', async () => {
    expect(await fromPipe('a,b\n'.repeat(1_000_000))).toEqual({ lines: 8_192, message })
  })

  test('when it is short, then all lines are passed on', async () => {
    expect(await fromPipe('a,b\nc,d')).toEqual({
      lines: 2,
      message: message.replace('first 1,000', '2'),
    })
  })

  test('when it is stopped before that is clear, then nothing is reported', async () => {
    expect((await fromPipe('a,b\nc,d', AbortSignal.abort())).message).toBeUndefined()
  })
})
