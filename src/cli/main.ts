import { Command, CommanderError } from 'commander'
import { explainCommand } from './explain.ts'
import { CliError, exitCodes } from './output.ts'
import { replayCommand } from './replay.ts'
import { rulesetCommand } from './ruleset.ts'
import { simulateCommand } from './simulate.ts'

/** Every command, one file each. */
const program = new Command('redress')
  .description('An event-sourced enforcement ledger: what was done to accounts, and who must be put back.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })

program.addCommand(explainCommand())
program.addCommand(replayCommand())
program.addCommand(rulesetCommand())
program.addCommand(simulateCommand())

/** Commands that are added whole do not take over how the program exits and helps: every one is told. */
const inheritSettings = (parent: Command): void => {
  for (const command of parent.commands) inheritSettings(command.copyInheritedSettings(parent))
}
inheritSettings(program)

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
