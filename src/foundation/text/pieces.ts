type Piece = string | Uint8Array

/** The content of a file; texts become UTF-8. */
export type Pieces = Piece | Iterable<Piece> | AsyncIterable<Piece>

/** Wraps what the pieces threw, so that it is not mistaken for a write failure. */
export class PiecesFailed extends Error {
  constructor(cause: unknown) {
    super('the pieces failed', { cause })
  }
}

/** Texts are buffered up to this many UTF-16 units, because a write for each would be slow. */
const FULL = 1 << 16

/** Writes pieces one after the other; returns the number of bytes. */
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
