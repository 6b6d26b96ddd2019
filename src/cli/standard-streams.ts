import { describeSystemError, isSystemError } from '../foundation/files/file-error.ts'
import { exitCodes, noteLine } from './output.ts'

/**
 * Watches standard output and standard error for what cannot be written. The command goes on, for its work does not depend
 * on that, and the process ends with the code of a failure, having said so once. That nobody reads any more
 * (`redress account ID | head`) is no failure.
 */
export const watchStandardStreams = (): void => {
  let hasFailed = false
  const watch = (stream: NodeJS.WriteStream, tell: (error: Error) => void): void => {
    let isTold = false
    stream.on('error', (error) => {
      if (isTold || (isSystemError(error) && error.code === 'EPIPE')) return
      isTold = true
      hasFailed = true
      tell(error)
    })
  }
  watch(process.stdout, (error) => {
    const why = isSystemError(error) ? describeSystemError(error, NAME) : `${NAME}: ${error.message}`
    noteLine(`redress: ${why}`)
  })
  // Of this there is nowhere to tell.
  watch(process.stderr, () => {})
  // Last, for a command sets the code when its work is done, and the failure may be known before or after.
  process.on('exit', () => {
    if (hasFailed && SAYS_DONE.includes(Number(process.exitCode ?? 0))) process.exitCode = exitCodes.failed
  })
}

/** Codes that promise that all was said. */
const SAYS_DONE: ReadonlyArray<number> = [0, exitCodes.findings]

const NAME = 'cannot write to standard output'
