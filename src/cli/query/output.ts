import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isOfWriting } from '../../app/query/process/to-stdout.ts'
import { withScratchFolder } from '../../foundation/files/write-file.ts'
import { fileOrFail, writeNamed } from '../files.ts'

/** Copies a query process's output, which is already safe to show, to stdout, as fast as stdout is read. */
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
 * Writes a file with code that needs a path to write to: `write` gets a scratch folder and a path in it, from which the
 * file is then written like any other.
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

/** Writes pieces to a file, atomically. */
export const toFile = async (file: string, pieces: AsyncIterable<Buffer>): Promise<void> => {
  await writeNamed(file, pieces)
}
