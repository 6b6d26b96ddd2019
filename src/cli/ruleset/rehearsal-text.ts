import type { Rehearsed } from '../../app/ruleset/rehearse.ts'
import type { RehearsedRule } from '../../incidents/rehearsal/rehearsal.ts'
import { remarksOnRehearsal } from '../../incidents/rehearsal/remarks.ts'
import { format, table } from '../table.ts'
import {
  accountsLine,
  ageTable,
  detectorTable,
  evidenceLine,
  firesOtherwise,
  type RehearsalTable,
  rulesTable,
  sampleTable,
  titleOfRehearsal,
  unexpectedLine,
} from './rehearsal-tables.ts'

/** A rehearsal for a terminal, as lines. */
export const rehearsalLines = ({ rehearsal, sequence, unexpected }: Rehearsed): ReadonlyArray<string> => [
  `${titleOfRehearsal(rehearsal)}, ledger at sequence ${format(sequence)}`,
  evidenceLine(rehearsal),
  ...remarksOnRehearsal(rehearsal).map(({ says }) => `Warning: ${says}`),
  '',
  ...tableLines(rulesTable(rehearsal), 0),
  '',
  accountsLine(rehearsal),
  ...rehearsal.rules.filter(firesOtherwise).flatMap(ruleLines),
  '',
  ...(unexpected.length === 0
    ? ['As expected: no rule fires on more new evidence than it may']
    : unexpected.map((rule) => `Not expected: ${unexpectedLine(rule)}`)),
]

const ruleLines = (rule: RehearsedRule): ReadonlyArray<string> => [
  '',
  rule.id,
  ...rule.was.map((condition) => `  old: ${onOneLine(condition)}`),
  `  new: ${rule.now === null ? '(removed)' : onOneLine(rule.now)}`,
  ...tableLines(detectorTable(rule), 2),
  ...(rule.byAccountAge.length === 0 ? [] : tableLines(ageTable(rule), 2)),
  ...(rule.sample.length === 0
    ? []
    : ['  Only the new version fires, for instance:', ...tableLines(sampleTable(rule), 4)]),
]

/** A condition may be written on several lines. */
const onOneLine = (condition: string): string => condition.trim().replace(/\s*\n\s*/g, ' ')

const tableLines = ({ head, keys, rows }: RehearsalTable, indent: number): ReadonlyArray<string> =>
  table(
    head.map((title, place) => ({
      title,
      align: place < keys ? ('left' as const) : ('right' as const),
      cell: (row: ReadonlyArray<string>) => row[place] ?? '',
    })),
    rows,
    indent,
  )
