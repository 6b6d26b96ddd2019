import { countOf } from '../../foundation/text/count-of.ts'
import type {
  Explanation,
  ExplanationOfTheDay,
  FlagExplained,
  FlagUnder,
  PolicyExplained,
} from '../../replay/result/explain.ts'
import { meaningOf } from '../../replay/result/meanings.ts'
import { format, table } from '../table.ts'
import { evidenceLines, signalLines } from './evidence.ts'

/** An explanation for people: a reviewer or the account's owner should be able to follow it line by line. */
export const explanationLines = (explanation: Explanation | ExplanationOfTheDay): ReadonlyArray<string> => {
  const { row, decidedBy, original, corrected } = explanation
  const done = row.kind === 'removal' ? 'content removed' : `account ${row.recorded.restriction}`
  const lines = [
    `Decision ${row.decisionId}: ${done} (${row.account}), ${row.occurredAt}, decided by ${decidedBy.id} (${decidedBy.kind})`,
    `  Rules of the day (A): ${rulesetName(original.ruleset)}`,
    ...(corrected === null ? [] : [`  Corrected rules (B):  ${rulesetName(corrected.ruleset)}`]),
    '',
    explanation.flags.length === 0 ? 'No flags in evidence.' : 'Flags in evidence',
  ]
  for (const flag of explanation.flags) lines.push(...flagLines(flag))
  for (const id of explanation.missingGrounds) {
    lines.push(
      `  ${id}: named as a ground, but the ledger has no such flag on this account: evidence is missing`,
    )
  }
  for (const id of explanation.unjudgeable) {
    lines.push(`  ${id}: a ground that no rule in this ruleset can judge: evidence is missing`)
  }
  lines.push('', ...policyLines('Policies under the rules of the day (A)', original.policies))
  if (corrected !== null) {
    lines.push(...policyLines('Policies under the corrected rules (B)', corrected.policies))
  }
  if (decidedBy.kind === 'human') {
    lines.push(
      'A person decided, and no rule overrules that; if the evidence they were shown no longer holds, a person reviews it again.',
    )
  }
  return [
    ...lines,
    ...(explanation.corrected === null ? conclusionOfTheDay(explanation) : conclusion(explanation)),
  ]
}

const rulesetName = (ruleset: { readonly version: string; readonly sha256: string } | null): string =>
  ruleset === null
    ? 'a version that was never published'
    : `version ${ruleset.version} (${ruleset.sha256.slice(0, 12)}\u2026)`

const flagLines = (flag: FlagExplained): ReadonlyArray<string> => {
  const on = flag.content === null ? '' : ` on ${flag.content.kind} ${flag.content.id}`
  const lines = [
    '',
    `  ${flag.flagId}  ${flag.occurredAt}  ${flag.category}${on}${flag.ground ? '  [a ground]' : ''}`,
    `    found by ${flag.detector.kind} ${flag.detector.id} ${flag.detector.version}${flag.ruleset === null ? '' : `, under ${flag.ruleset.id} ${flag.ruleset.version}`}`,
  ]
  lines.push(...signalLines(flag))
  if (flag.becauseOf.length > 0) lines.push(`    it exists because of ${flag.becauseOf.join(', ')}`)
  if (flag.voided) return [...lines, '    voided before the decision: does not count']
  lines.push(`    A: ${flag.original === null ? 'unknown' : underLine(flag.original)}`)
  if (flag.corrected !== null) {
    if (flag.evidence !== null) lines.push(...evidenceLines(flag.evidence))
    lines.push(`    B: ${underLine(flag.corrected)}`)
  }
  return lines
}

const underLine = (under: FlagUnder): string => {
  const parts: string[] = [under.truth]
  if (under.lost) parts.push('its ruleset version was never published')
  else if (under.rule === null) parts.push('no rule judges it')
  else {
    parts.push(`rule ${under.rule} (${under.condition})`)
    parts.push(countOf(under.strikes, 'strike'))
    if (under.expires !== null) parts.push(`${under.expired ? 'expired' : 'expires'} ${under.expires}`)
    if (under.removesContent) parts.push('removes content')
  }
  if (under.cap !== undefined && under.cap !== 'true') {
    parts.push(
      under.cap === 'false'
        ? 'a decision that led to it has fallen'
        : 'a decision that led to it is in doubt',
    )
  }
  return parts.join(', ')
}

const actsInWords = { true: 'acts', false: 'does not act', unknown: 'unknown' } as const

const policyLines = (title: string, policies: ReadonlyArray<PolicyExplained>): ReadonlyArray<string> =>
  policies.length === 0
    ? []
    : [
        title,
        ...table(
          [
            { title: 'policy', cell: ({ policy }) => policy },
            { title: 'asks for', cell: ({ restriction }) => restriction },
            { title: 'needs', align: 'right', cell: ({ atLeast }) => atLeast },
            {
              title: 'points',
              align: 'right',
              cell: ({ low, high }) => (low === high ? low : `${format(low)} to ${format(high)}`),
            },
            { title: 'since', cell: ({ windowStart }) => windowStart ?? 'any time' },
            { title: '', cell: ({ acts }) => actsInWords[acts] },
            { title: 'counted', cell: ({ counted }) => counted.join(' ') || '-' },
          ],
          policies,
          2,
        ),
        '',
      ]

const wasDone = ({ row }: Explanation | ExplanationOfTheDay): string =>
  `R was ${row.kind === 'removal' ? 'removed' : row.recorded.restriction}, A says ${answerText(row.original)}`

const answerText = (answer: Explanation['row']['original']): string =>
  answer === null
    ? '-'
    : answer.verdict === 'act'
      ? `act${answer.restriction === null ? '' : ` (${answer.restriction})`}`
      : answer.verdict

const conclusionOfTheDay = (explanation: ExplanationOfTheDay): ReadonlyArray<string> => [
  wasDone(explanation),
  'To see the result under corrected rules, add --ruleset FILE or --correction FILE',
]

const conclusion = (explanation: Explanation): ReadonlyArray<string> => {
  const { row } = explanation
  const lines = [`${wasDone(explanation)}, B says ${answerText(row.corrected)}: ${row.class}`]
  for (const fact of row.facts) lines.push(`Fact: ${fact} (${meaningOf(fact)})`)
  if (row.fallen.length > 0) lines.push(`Fallen flags: ${row.fallen.join(', ')}`)
  return [...lines, `Remedy: ${row.remedy}`]
}
