import { Command } from 'commander'
import { safeLines, safeText } from '../foundation/text/safe-text.ts'
import { reportFailure } from './failure.ts'

/** Every command, one file each. Only the one that is called is loaded, for loading takes most of a short call. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  account: async () => (await import('./account/command.ts')).accountCommand(),
  backup: async () => (await import('./backup/command.ts')).backupCommand(),
  consume: async () => (await import('./consume/command.ts')).consumeCommand(),
  copy: async () => (await import('./copy/command.ts')).copyCommand(),
  'dead-letters': async () => (await import('./dead-letters/command.ts')).deadLettersCommand(),
  demo: async () => (await import('./demo/command.ts')).demoCommand(),
  events: async () => (await import('./events/command.ts')).eventsCommand(),
  explain: async () => (await import('./explain/command.ts')).explainCommand(),
  export: async () => (await import('./export/command.ts')).exportCommand(),
  ingest: async () => (await import('./ingest/command.ts')).ingestCommand(),
  project: async () => (await import('./project/command.ts')).projectCommand(),
  query: async () => (await import('./query/command.ts')).queryCommand(),
  report: async () => (await import('./report/command.ts')).reportCommand(),
  replay: async () => (await import('./replay/command.ts')).replayCommand(),
  ruleset: async () => (await import('./ruleset/command.ts')).rulesetCommand(),
  simulate: async () => (await import('./simulate/command.ts')).simulateCommand(),
  statement: async () => (await import('./statement/command.ts')).statementCommand(),
}

/** The command line: with the command that is called, or with all of them for help and for a name that is none. */
export const programFor = async (name: string | undefined): Promise<Command> => {
  const program = new Command('redress')
    .description('An event-sourced enforcement ledger: what was done to accounts, and who must be put back.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => process.stdout.write(safeLines(text)),
      writeErr: (text) => process.stderr.write(safeLines(text)),
      outputError: (text, write) => write(safeUsageError(text)),
    })
  for (const [known, load] of Object.entries(commands)) {
    if (known === name || name === undefined || !Object.hasOwn(commands, name)) {
      program.addCommand(await load())
    }
  }
  inheritSettings(program, 'redress')
  return program
}

/** A usage error quotes arguments as they were given: a line feed in one must not begin a line of its own. */
const safeUsageError = (text: string): string => {
  const [, message = text, hint = ''] = /^(.*?)(\n\(Did you mean [^\n]*\?\))?\n$/s.exec(text) ?? []
  return `${safeText(message)}${safeLines(hint)}\n`
}

/** Commands that are added whole do not take over how the program exits and helps: every one is told. */
const inheritSettings = (parent: Command, path: string): void => {
  parent.showHelpAfterError(`(${path} --help says more)`)
  for (const command of parent.commands) {
    inheritSettings(command.copyInheritedSettings(parent), `${path} ${command.name()}`)
  }
}

/** Runs a command line; the exit code says how it went. */
export const run = async (args: ReadonlyArray<string>): Promise<void> => {
  try {
    const program = await programFor(args[0])
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    reportFailure(error)
  }
}
