import { Buffer } from 'node:buffer'
import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const filed = (id: string, words: string) => ({
  specversion: '1.0',
  id,
  source: '/appeals',
  type: 'appeal.filed.v1',
  subject: 'u1',
  time: '2025-04-29T00:00:00Z',
  data: { appealId: `a-${id}`, decisionId: 'd1', personal: { text: words } },
})

/** An appeal that is taken in, with these words. */
export const goodAppeal = (id: string, words: string): string => JSON.stringify(filed(id, words))

/** Every way in which a line with somebody's words can be refused; each gives the line. */
export const waysToBeRefused: Readonly<Record<string, (id: string, words: string) => Buffer>> = {
  'an unknown field': (id, words) => json(id, words, {}, { note: words }),
  'a field in other letters': (id, words) => json(id, '', {}, { Personal: { text: words } }),
  'personal where it does not belong': (id, words) => json(id, '', {}, { decision: { personal: words } }),
  'personal of the wrong type': (id, words) => json(id, '', {}, { personal: words }),
  'words as a field of personal': (id, words) => json(id, '', {}, { personal: { [words]: words } }),
  'words as a field of data': (id, words) => json(id, words, {}, { [words]: words }),
  'words as an attribute': (id, words) => json(id, words, { [words]: words }),
  'words as the account': (id, words) => json(id, words, { subject: words }),
  'words as the type': (id, words) => json(id, words, { type: words }),
  'an unknown type': (id, words) => json(id, words, { type: 'appeal.lodged.v1' }),
  'data that is a text': (id, words) => json(id, '', { data: words }),
  'data_base64 that is no JSON': (id, words) =>
    json(id, '', { data: undefined, data_base64: Buffer.from(words).toString('base64') }),
  'data_base64 with a wrong event': (id, words) =>
    json(id, '', {
      data: undefined,
      data_base64: Buffer.from(JSON.stringify({ personal: words })).toString('base64'),
    }),
  'a time ahead of the clock': (id, words) => json(id, words, { time: '2999-01-01T00:00:00Z' }),
  'personal twice': (id, words) =>
    Buffer.from(goodAppeal(id, words).replace('"personal":', '"personal":{"text":"a"},"personal":')),
  'JSON that is cut': (id, words) => Buffer.from(goodAppeal(id, words).slice(0, -4)),
  'a quotation mark in the words': (id, words) =>
    Buffer.from(goodAppeal(id, '?').replace('?', `I said "${words}" to them`)),
  'an escape that there is not': (id, words) => Buffer.from(goodAppeal(id, '?').replace('?', `\\x${words}`)),
  'bytes that are not UTF-8': (id, words) =>
    Buffer.concat([Buffer.from(goodAppeal(id, words)), Buffer.of(0xff)]),
  'half of a surrogate pair': (id, words) =>
    Buffer.from(goodAppeal(id, words).replace('"text":"', '"text":"\\ud800')),
  'a number that loses digits': (id, words) => json(id, words, {}, { n: 2 ** 60 }),
  'deep nesting': (id, words) =>
    Buffer.from(goodAppeal(id, words).replace('"d1"', `${'['.repeat(40)}${']'.repeat(40)}`)),
  'a text that is too large': (id, words) => json(id, `${words} ${'x'.repeat(300_000)}`),
  'a line that is too long': (id, words) => json(id, `${words} ${'x'.repeat(5_000_000)}`),
  'a text alone': (_, words) => Buffer.from(JSON.stringify(words)),
  'a list': (_, words) => Buffer.from(JSON.stringify([words])),
  'no JSON at all': (_, words) => Buffer.from(words),
}

const json = (id: string, words: string, attributes: object = {}, data: object = {}): Buffer => {
  const event = filed(id, words)
  return Buffer.from(JSON.stringify({ ...event, data: { ...event.data, ...data }, ...attributes }))
}

/** Whether bytes hold a text, as it is, as UTF-16 or in base64. */
export const holds = (bytes: Uint8Array, text: string): boolean => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const inBase64 = [0, 1, 2].map((shift) =>
    // The digits that the bytes before and after have no part in.
    Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
      .toString('base64')
      .slice(4, -4),
  )
  return [Buffer.from(text), Buffer.from(text, 'utf16le'), ...inBase64].some((form) => buffer.includes(form))
}

/** The files below a folder that hold a text in their bytes. */
export const filesWith = (folder: string, text: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry: Dirent) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => holds(readFileSync(path), text))
