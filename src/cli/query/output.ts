import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isOfWriting } from '../../app/query/to-stdout.ts'
import { withScratchFolder } from '../../foundation/files/write-file.ts'
import { fileOrFail, writeNamed } from '../files.ts'

/** Passes on to stdout what the process of a query wrote, which has made it safe to show, as fast as it is taken. */
export const passToStdout = async (output: AsyncIterable<Buffer>): Promise<void> => {
  try {
    for await (const bytes of output) {
      await new Promise<void>((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error == null ? resolve() : reject(error)))
      })
    }
  } catch (error) {
    if (!isOfWriting(error)) throw error
  }
}

/**
 * Writes a file that only code of its own can make: `write` gets a folder for its work, and in it the path to write to,
 * from where the file is written as any other.
 */
export const writeWhole = async <A>(
  file: string,
  write: (partial: string, folder: string) => Promise<A>,
): Promise<A> =>
  fileOrFail(
    await withScratchFolder(file, async (folder) => {
      const partial = join(folder, 'made')
      const result = await write(partial, folder)
      await writeNamed(file, createReadStream(partial))
      return result
    }),
  )

/** Writes pieces to a file, whole or not at all. */
export const toFile = async (file: string, pieces: AsyncIterable<Buffer>): Promise<void> => {
  await writeNamed(file, pieces)
}
