import { Command, InvalidArgumentError, Option } from 'commander'
import { holdJson } from '../../app/hold/list.ts'
import { requestHold } from '../../app/hold/request.ts'
import { suspectName } from '../../domain/definition/story.ts'
import { DecidedByKind } from '../../domain/parts.ts'
import type { HoldKey } from '../../domain/suspect.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { helpNotes } from '../help-notes.ts'
import { CliError, exitCodes, printJson, printLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'

type Options = ActOptions & {
  readonly ruleset?: string
  readonly rule?: string
  readonly version?: string
  readonly detector?: string
  readonly detectorVersion?: string
  readonly decidedBy?: HoldKey['decidedBy']
  readonly reason: string
}

export const holdRequestCommand = (): Command =>
  addActOptions(
    new Command('request')
      .summary('ask services not to act on something')
      .description(
        'Asks services not to act on a rule, a detector or a decision maker. What fits all that is given is on hold.',
      )
      .option('--ruleset <id>', 'the ruleset')
      .option('--rule <id>', 'a rule')
      .option('--version <version>', 'a version of the ruleset')
      .option('--detector <id>', 'a detector')
      .option('--detector-version <version>', 'a version of that detector')
      .addOption(
        new Option('--decided-by <kind:id>', 'a decision maker, such as rule:three-strikes').argParser(
          deciderArgument,
        ),
      )
      .requiredOption('--reason <text>', 'why; it is never sealed, so put no personal data in it'),
    'who asks for it',
  )
    .addHelpText(
      'after',
      helpNotes(`
Services learn of holds from the topic redress.holds (redress watch --brokers) or from "redress hold list --json". A decision that is made under a hold all the same is counted in "redress report health", and shown in the story of the account. What holds are for: docs/holds.md.

Exit code: 0 recorded, or such a hold stands already; 2 failed.

Examples:
  redress hold request --rule adult.explicit --version 2025-04-28 --reason 'it flags quilts' --by ana
  redress hold request --decided-by rule:three-strikes --reason 'it bans without strikes' --by ana`),
    )
    .action(async (options: Options) => {
      const { reason, json } = options
      const { kind, hold } = resultOrUsage(
        await requestHold({ ...actOf(options), key: keyOf(options), reason }),
      )
      if (json === true) return printJson({ kind, ...holdJson(hold) })
      const name = suspectName(hold.key)
      printLine(
        kind === 'requested'
          ? `Hold ${hold.holdId} on ${name} is requested`
          : `Hold ${hold.holdId} on ${name} stands already, by ${hold.by}: ${hold.reason}`,
      )
    })

const keyOf = ({ ruleset, rule, version, detector, detectorVersion, decidedBy }: Options): HoldKey => {
  if (detectorVersion !== undefined && detector === undefined) {
    throw new CliError('--detector-version requires --detector', exitCodes.usage)
  }
  const named = Object.entries({
    ...{ ruleset, rule, version, decidedBy },
    detector:
      detector === undefined
        ? undefined
        : { id: detector, ...(detectorVersion === undefined ? {} : { version: detectorVersion }) },
  }).filter(([, name]) => name !== undefined)
  if (named.length === 0) {
    const options = '--ruleset, --rule, --version, --detector or --decided-by'
    throw new CliError(`nothing to put on hold: give at least one of ${options}`, exitCodes.usage)
  }
  // Cast: what was typed; the use case checks it.
  return Object.fromEntries(named) as HoldKey
}

function deciderArgument(text: string): HoldKey['decidedBy'] {
  const [kind = '', ...rest] = text.split(':')
  const id = rest.join(':')
  if (!DecidedByKind.is(kind) || id === '') {
    throw new InvalidArgumentError(
      'Give rule, model or human, a colon and the id, such as rule:three-strikes.',
    )
  }
  // Cast: the use case checks the id.
  return { kind, id } as HoldKey['decidedBy']
}
