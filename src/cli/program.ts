import { Command, Help, type Option } from 'commander'
import { safeLines, safeText } from '../foundation/text/safe-text.ts'
import { reportFailure } from './failure.ts'

/** A command's line in the list of commands, and how to load it. */
type CommandEntry = { readonly summary: string; readonly load: () => Promise<Command> }

const commands: Readonly<Record<string, CommandEntry>> = {
  account: {
    summary: 'show the state and the history of an account',
    load: async () => (await import('./account/command.ts')).accountCommand(),
  },
  alarm: {
    summary: 'list the alarms that a ledger would have sounded, set their parameters',
    load: async () => (await import('./alarm/command.ts')).alarmCommand(),
  },
  audit: {
    summary: 'list the decisions that reviewers are to audit',
    load: async () => (await import('./audit/command.ts')).auditCommand(),
  },
  backup: {
    summary: 'copy a ledger while it is in use, and its keys separately',
    load: async () => (await import('./backup/command.ts')).backupCommand(),
  },
  consume: {
    summary: 'ingest events from a Kafka topic',
    load: async () => (await import('./consume/command.ts')).consumeCommand(),
  },
  copy: {
    summary: 'move a ledger from a data folder to a cluster',
    load: async () => (await import('./copy/command.ts')).copyCommand(),
  },
  correction: {
    summary: 'check corrections, list what a detector must look at again',
    load: async () => (await import('./correction/command.ts')).correctionCommand(),
  },
  'dead-letters': {
    summary: 'list, show, resubmit and purge rejected messages',
    load: async () => (await import('./dead-letters/command.ts')).deadLettersCommand(),
  },
  demo: {
    summary: 'see it work: a platform, an incident, who must be reinstated',
    load: async () => (await import('./demo/command.ts')).demoCommand(),
  },
  dispatch: {
    summary: 'send the requests of remediations to services',
    load: async () => (await import('./dispatch/command.ts')).dispatchCommand(),
  },
  events: {
    summary: 'list event types, print schemas and samples, check files',
    load: async () => (await import('./events/command.ts')).eventsCommand(),
  },
  explain: {
    summary: 'explain how a decision is judged',
    load: async () => (await import('./explain/command.ts')).explainCommand(),
  },
  export: {
    summary: 'export the projections for other programs',
    load: async () => (await import('./export/command.ts')).exportCommand(),
  },
  hold: {
    summary: 'ask services not to act on a rule, a detector or a decision maker',
    load: async () => (await import('./hold/command.ts')).holdCommand(),
  },
  incident: {
    summary: 'open, list, show, note on and close incidents',
    load: async () => (await import('./incident/command.ts')).incidentCommand(),
  },
  ingest: {
    summary: 'ingest events from a file or a pipe',
    load: async () => (await import('./ingest/command.ts')).ingestCommand(),
  },
  project: {
    summary: 'update the projections, the tables that analysts query',
    load: async () => (await import('./project/command.ts')).projectCommand(),
  },
  query: {
    summary: 'query the projections with SQL',
    load: async () => (await import('./query/command.ts')).queryCommand(),
  },
  remediation: {
    summary: 'plan what is put back for an incident, judge a sample of it, approve it',
    load: async () => (await import('./remediation/command.ts')).remediationCommand(),
  },
  replay: {
    summary: 'judge every decision again under a corrected ruleset',
    load: async () => (await import('./replay/command.ts')).replayCommand(),
  },
  report: {
    summary: 'report health and transparency figures',
    load: async () => (await import('./report/command.ts')).reportCommand(),
  },
  ruleset: {
    summary: 'check, compare, rehearse, publish and list rulesets',
    load: async () => (await import('./ruleset/command.ts')).rulesetCommand(),
  },
  simulate: {
    summary: 'simulate a platform whose enforcement goes wrong',
    load: async () => (await import('./simulate/command.ts')).simulateCommand(),
  },
  statement: {
    summary: 'write the statement of reasons for a decision, for the account\u2019s owner',
    load: async () => (await import('./statement/command.ts')).statementCommand(),
  },
  tripwires: {
    summary: 'list the tripwires that a ledger has set off',
    load: async () => (await import('./tripwires/command.ts')).tripwiresCommand(),
  },
  watch: {
    summary: 'follow a ledger, record its alarms, and tell people',
    load: async () => (await import('./watch/command.ts')).watchCommand(),
  },
}

/**
 * The command line, with the commands loaded that `isNeeded` selects: loading takes most of a short call. The others are
 * placeholders for the list of commands.
 */
export const programWith = async (isNeeded: (name: string) => boolean): Promise<Command> => {
  const program = new Command('redress')
    .description(
      'An event-sourced enforcement ledger: what was done to accounts, and who must be reinstated.',
    )
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, optionDescription })
    .configureOutput({
      writeOut: (text) => process.stdout.write(safeLines(text)),
      writeErr: (text) => process.stderr.write(safeLines(text)),
    })
  for (const [name, { summary, load }] of Object.entries(commands)) {
    program.addCommand((isNeeded(name) ? await load() : new Command(name)).summary(summary))
  }
  inheritSettings(program, 'redress')
  return program
}

/** An option's description in help, with commander's own additions: default, choices, variable. */
const optionDescription = (option: Option): string => {
  const text = new Help().optionDescription(option)
  return option.mandatory ? `${text} (required)` : text
}

/**
 * A usage error of commander's in our form, on one line. It quotes arguments as they were given: a line feed in one is
 * escaped, so that it cannot forge a line.
 */
const usageError = (text: string, path: string): string => {
  const [, message = text, suggestion] =
    /^(?:error: )?(.*?)\.?(?:\n\(Did you mean ([^\n]*)\?\))?\n$/s.exec(text) ?? []
  const help = `see ${path} --help`
  const hint = suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`
  return `redress: ${safeText(`${message} (${hint})`)}\n`
}

/** Commands added with `addCommand` do not inherit how the program exits and reports errors, so each gets it here. */
const inheritSettings = (parent: Command, path: string): void => {
  parent.configureOutput({ outputError: (text, write) => write(usageError(text, path)) })
  for (const command of parent.commands) {
    inheritSettings(command.copyInheritedSettings(parent), `${path} ${command.name()}`)
  }
}

/** Runs a command line, and sets the exit code. */
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
