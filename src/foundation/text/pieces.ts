type Piece = string | Uint8Array

/** What a file is made of; texts become UTF-8. */
export type Pieces = Piece | Iterable<Piece> | AsyncIterable<Piece>

/** Thrown for what the pieces threw themselves, so that it is not taken for a failure of writing. */
export class PiecesFailed extends Error {
  constructor(cause: unknown) {
    super('the pieces failed', { cause })
  }
}

/** Texts are written when they have come to this many UTF-16 units, for a call each would be slow. */
const FULL = 1 << 16

/** Writes pieces one after the other; gives the number of bytes. */
export const writePieces = async (
  pieces: Pieces,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<number> => {
  let bytes = 0
  let text = ''
  const put = async (piece: Uint8Array): Promise<void> => {
    await write(piece)
    bytes += piece.byteLength
  }
  const flush = async (): Promise<void> => {
    if (text === '') return
    const whole = Buffer.from(text)
    text = ''
    await put(whole)
  }
  for await (const piece of watched(pieces)) {
    if (typeof piece === 'string') {
      text += piece
      if (text.length >= FULL) await flush()
    } else {
      await flush()
      await put(piece)
    }
  }
  await flush()
  return bytes
}

async function* watched(pieces: Pieces): AsyncGenerator<Piece> {
  try {
    // A text is itself an iterable, of characters.
    if (typeof pieces === 'string' || pieces instanceof Uint8Array) yield pieces
    else yield* pieces
  } catch (error) {
    throw new PiecesFailed(error)
  }
}
