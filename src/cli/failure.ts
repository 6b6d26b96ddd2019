import { CommanderError } from 'commander'
import { describeSystemError, isSystemError } from '../foundation/files/file-error.ts'
import { CliError, exitCodes, noteLine } from './output.ts'

/** Reports why the command failed, and sets the exit code. */
export const reportFailure = (error: unknown): void => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage
  } else if (error instanceof CliError) {
    noteLine(`redress: ${error.message}`)
    for (const line of error.details) noteLine(line)
    process.exitCode = error.exitCode
  } else if (isSystemError(error)) {
    noteLine(`redress: ${describeSystemError(error)}`)
    process.exitCode = exitCodes.failed
  } else {
    const stack = (error instanceof Error ? error.stack : undefined) ?? String(error)
    noteLine('redress: internal error (a bug in redress); please report it:')
    for (const line of stack.split('\n')) noteLine(`  ${line}`)
    process.exitCode = exitCodes.failed
  }
}
