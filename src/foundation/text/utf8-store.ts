/** Many texts as UTF-8 outside the heap, by the order in which they were added. */
export type Utf8Store = {
  readonly add: (text: string) => void
  readonly at: (index: number) => Buffer
  /** The bytes of a text. */
  readonly lengthAt: (index: number) => number
}

/** Texts are stored in blocks of this many bytes; a longer one has a block of its own. */
const BLOCK = 1 << 22

/** Texts as UTF-8, by the order in which they were added. */
export const utf8Store = (): Utf8Store => {
  const blocks: Buffer[] = []
  let used = BLOCK
  let size = 0
  let blockOf = new Uint32Array(1024)
  let startOf = new Uint32Array(1024)
  let lengthOf = new Uint32Array(1024)
  return {
    add: (text: string): void => {
      if (size === blockOf.length) {
        blockOf = grown(blockOf, new Uint32Array(2 * size))
        startOf = grown(startOf, new Uint32Array(2 * size))
        lengthOf = grown(lengthOf, new Uint32Array(2 * size))
      }
      // A UTF-16 unit takes at most three bytes.
      const most = 3 * text.length
      if (used + most > BLOCK) {
        blocks.push(Buffer.allocUnsafe(Math.max(BLOCK, most)))
        used = 0
      }
      const length = blocks.at(-1)?.write(text, used) ?? 0
      blockOf[size] = blocks.length - 1
      startOf[size] = used
      lengthOf[size] = length
      used += length
      size++
    },
    lengthAt: (index: number): number => lengthOf[index] ?? 0,
    at: (index: number): Buffer => {
      const start = startOf[index] ?? 0
      const block = blocks[blockOf[index] ?? 0] ?? Buffer.alloc(0)
      return block.subarray(start, start + (lengthOf[index] ?? 0))
    },
  }
}

/** Copies numbers into a larger array. */
export const grown = <A extends Float64Array | Int32Array | Uint32Array | Uint8Array>(from: A, to: A): A => {
  to.set(from)
  return to
}
