import { Command } from 'commander'
import { safeLines, safeText } from '../foundation/text/safe-text.ts'
import { reportFailure } from './failure.ts'

/** What the list of commands says of one, and how to load it. */
type CommandEntry = { readonly summary: string; readonly load: () => Promise<Command> }

const commands: Readonly<Record<string, CommandEntry>> = {
  account: {
    summary: 'show where an account stands, and its whole story',
    load: async () => (await import('./account/command.ts')).accountCommand(),
  },
  backup: {
    summary: 'copy a ledger while it is in use, the keys apart',
    load: async () => (await import('./backup/command.ts')).backupCommand(),
  },
  consume: {
    summary: 'take in events from a Kafka topic',
    load: async () => (await import('./consume/command.ts')).consumeCommand(),
  },
  copy: {
    summary: 'move an embedded ledger over to a cluster',
    load: async () => (await import('./copy/command.ts')).copyCommand(),
  },
  'dead-letters': {
    summary: 'list, show, resubmit and purge what was refused',
    load: async () => (await import('./dead-letters/command.ts')).deadLettersCommand(),
  },
  demo: {
    summary: 'see it work: a platform, an incident, who must be put back',
    load: async () => (await import('./demo/command.ts')).demoCommand(),
  },
  events: {
    summary: 'what services publish: types, schemas, samples, and a check of files',
    load: async () => (await import('./events/command.ts')).eventsCommand(),
  },
  explain: {
    summary: 'show why a decision is judged as it is',
    load: async () => (await import('./explain/command.ts')).explainCommand(),
  },
  export: {
    summary: 'write what is projected for other programs',
    load: async () => (await import('./export/command.ts')).exportCommand(),
  },
  ingest: {
    summary: 'take in events from a file or a pipe',
    load: async () => (await import('./ingest/command.ts')).ingestCommand(),
  },
  project: {
    summary: 'bring the tables that analysts query up to date',
    load: async () => (await import('./project/command.ts')).projectCommand(),
  },
  query: {
    summary: 'ask the projections in SQL',
    load: async () => (await import('./query/command.ts')).queryCommand(),
  },
  replay: {
    summary: 'judge every decision again under a corrected ruleset',
    load: async () => (await import('./replay/command.ts')).replayCommand(),
  },
  report: {
    summary: 'reports on how enforcement goes',
    load: async () => (await import('./report/command.ts')).reportCommand(),
  },
  ruleset: {
    summary: 'check, compare and publish rulesets',
    load: async () => (await import('./ruleset/command.ts')).rulesetCommand(),
  },
  simulate: {
    summary: 'simulate a platform whose enforcement goes wrong',
    load: async () => (await import('./simulate/command.ts')).simulateCommand(),
  },
  statement: {
    summary: 'the statement of reasons of one decision, for the account\u2019s owner',
    load: async () => (await import('./statement/command.ts')).statementCommand(),
  },
}

/**
 * The command line, with those commands loaded that `isNeeded` names: loading takes most of a short call. The others stand in
 * it with what the list of commands shows.
 */
export const programWith = async (isNeeded: (name: string) => boolean): Promise<Command> => {
  const program = new Command('redress')
    .description('An event-sourced enforcement ledger: what was done to accounts, and who must be put back.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => process.stdout.write(safeLines(text)),
      writeErr: (text) => process.stderr.write(safeLines(text)),
      outputError: (text, write) => write(safeUsageError(text)),
    })
  for (const [name, { summary, load }] of Object.entries(commands)) {
    program.addCommand((isNeeded(name) ? await load() : new Command(name)).summary(summary))
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
    // `redress help query` is the help of `query`.
    const called = args[0] === 'help' ? args[1] : args[0]
    const program = await programWith((name) => name === called)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    reportFailure(error)
  }
}
