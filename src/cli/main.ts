import { Command, CommanderError } from 'commander'
import { CliError, exitCodes } from './output.ts'

/** Every command, one file each. */
const program = new Command('redress')
  .description('An event-sourced enforcement ledger: what was done to accounts, and who must be put back.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })

/** Runs the command line; the exit code says how it went. */
const main = async (): Promise<void> => {
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage
    } else if (error instanceof CliError) {
      process.stderr.write(`redress: ${error.message}\n`)
      process.exitCode = error.exitCode
    } else throw error
  }
}

await main()
