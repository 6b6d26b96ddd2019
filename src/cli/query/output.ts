import { isOfWriting } from '../../foundation/files/file-error.ts'

/**
 * Copies the rows of a query, which are already safe to show, to stdout, as fast as stdout is read. That it cannot be
 * written to is reported by `watchStandardStreams`.
 */
export const passToStdout = async (rows: AsyncIterable<Buffer>): Promise<void> => {
  try {
    for await (const bytes of rows) {
      await new Promise<void>((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error == null ? resolve() : reject(error)))
      })
    }
  } catch (error) {
    if (!isOfWriting(error)) throw error
  }
}
