import { createRequire } from 'node:module'

/** The most headers of a message that are read. */
export const MOST_HEADERS = 256
/** Added to the headers of a message that had more. */
export const TOO_MANY_HEADERS = 'redress: too many headers'

/**
 * kafkajs 2.2.4 copies all headers read so far for each one that follows: twenty thousand, in a message of 160 kB,
 * take it a minute, after which it is removed from its group and reads the same message again, forever. So it gets a
 * limited number, and a marker that there were more.
 */
const limitHeaders = (decoder: unknown): void => {
  if (!isDecoder(decoder)) throw new Error('kafkajs has a different decoder than the one patched here')
  const { prototype } = decoder
  const readAll = prototype.readVarIntArray
  prototype.readVarIntArray = function (readOne) {
    const headers = readAll.call(this, readOne)
    return headers.length <= MOST_HEADERS
      ? headers
      : [
          ...headers.slice(0, MOST_HEADERS),
          { key: TOO_MANY_HEADERS, value: Buffer.from(String(headers.length)) },
        ]
  }
}

type ReadArray = (this: object, readOne: unknown) => ReadonlyArray<unknown>
type Decoder = { readonly prototype: { readVarIntArray: ReadArray } }

const isDecoder = (u: unknown): u is Decoder =>
  typeof u === 'function' && typeof u.prototype?.readVarIntArray === 'function'

limitHeaders(createRequire(import.meta.url)('kafkajs/src/protocol/decoder.js'))
