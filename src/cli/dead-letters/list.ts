import { Command, InvalidArgumentError, Option } from 'commander'
import { letterJson } from '../../app/dead-letters/letter-json.ts'
import { listDeadLetters } from '../../app/dead-letters/list.ts'
import { formatInstant } from '../../domain/time.ts'
import { cut } from '../../foundation/text/fit-text.ts'
import {
  describeRejection,
  isRejectionCode,
  type RejectionCode,
  rejectionCodes,
} from '../../ingest/accept/rejection.ts'
import type { DeadLetter } from '../../ingest/dead-letters/letter.ts'
import { dataOption, jsonOption, printJson, printLine, wholeNumber } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format, table } from '../table.ts'

type Options = {
  readonly reason?: RejectionCode
  readonly unresolved?: boolean
  readonly limit: number
  readonly data: string
  readonly json?: boolean
}

export const listCommand = (): Command =>
  new Command('list')
    .summary('list dead letters, newest first (the default)')
    .addOption(
      new Option('--reason <code>', `only those rejected for this reason: ${reasons}`).argParser(
        reasonArgument,
      ),
    )
    .option('--unresolved', 'only those that are neither resolved nor erased')
    .addOption(new Option('--limit <n>', 'the maximum number to list').default(50).argParser(wholeNumber(1)))
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress dead-letters list --reason conflict --unresolved')
    .action(async ({ data, json, limit, reason, unresolved = false }: Options) => {
      const code = reason === undefined ? {} : { code: reason }
      const { total, letters } = resultOrFail(
        await listDeadLetters({ data, clock: Date.now, limit, unresolved, ...code }),
      )
      if (json === true) return printJson({ total, letters: letters.map(letterJson) })
      if (total === 0) return printLine('No dead letters.')
      for (const line of table(columns, letters)) printLine(line)
      if (total > letters.length) printLine(`… and ${format(total - letters.length)} more (--limit)`)
      printLine()
      printLine('Show one in full: redress dead-letters show HASH')
    })

const reasons = Object.keys(rejectionCodes).join(', ')

const reasonArgument = (text: string): RejectionCode => {
  if (!isRejectionCode(text)) throw new InvalidArgumentError(`Give one of ${reasons}.`)
  return text
}

const columns: Parameters<typeof table<DeadLetter>>[0] = [
  { title: 'hash', cell: ({ hash }) => hash.slice(0, 12) },
  { title: 'last seen', cell: ({ lastSeen }) => formatInstant(lastSeen).slice(0, 19).replace('T', ' ') },
  { title: 'times', align: 'right', cell: ({ sightings }) => sightings },
  { title: 'state', cell: (letter) => stateOf(letter) },
  { title: 'from', cell: ({ lastOrigin }) => lastOrigin },
  { title: 'reason', cell: ({ code }) => code },
  { title: '', cell: (letter) => cut(describeRejection(letter), MOST) },
]

const stateOf = ({ resolved, erasedAt }: DeadLetter): string =>
  resolved !== null ? 'resolved' : erasedAt !== null ? 'erased' : 'open'

/** The most columns that a reason takes. */
const MOST = 100
