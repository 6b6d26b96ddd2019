import { describeSystemError, isSystemError } from '../foundation/files/file-error.ts'
import { exitCodes, noteLine } from './output.ts'

/**
 * Watches standard output and standard error for write errors. The command continues, because its work does not depend on
 * them; the error is reported once, and the process exits with the code of a failure. A closed pipe
 * (`redress account ID | head`) is not a failure.
 */
export const watchStandardStreams = (): void => {
  let hasFailed = false
  const watch = (stream: NodeJS.WriteStream, report: (error: Error) => void): void => {
    let isReported = false
    stream.on('error', (error) => {
      if (isReported || (isSystemError(error) && error.code === 'EPIPE')) return
      isReported = true
      hasFailed = true
      report(error)
    })
  }
  watch(process.stdout, (error) => {
    const why = isSystemError(error) ? describeSystemError(error, NAME) : `${NAME}: ${error.message}`
    noteLine(`redress: ${why}`)
  })
  // There is nowhere left to report this one.
  watch(process.stderr, () => {})
  // On exit, because a command sets the code when its work is done, and the failure may come before or after that.
  process.on('exit', () => {
    if (hasFailed && DONE.includes(Number(process.exitCode ?? 0))) process.exitCode = exitCodes.failed
  })
}

/** Exit codes that promise complete output. */
const DONE: ReadonlyArray<number> = [0, exitCodes.findings]

const NAME = 'cannot write to standard output'
