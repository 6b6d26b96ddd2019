import * as E from '#fp/Either'
import { instantOf } from '../../domain/time.ts'
import { asWarning, type Finding, valueError } from '../../foundation/documents/problem.ts'
import type { Condition } from '../../rulesets/cel/condition.ts'
import { checkClosed, duplicateIds } from '../../rulesets/closed-document.ts'
import { compileConditions, conditionFinding, constantTruth } from '../../rulesets/conditions.ts'
import type { SignalType } from '../../rulesets/ruleset.ts'
import { canonicalCorrection } from './canonical-form.ts'
import type { Correction, Withdrawal } from './correction.ts'
import type { FlagList } from './flag-list.ts'
import { correctedRules, flagListsNamedIn, type NamedFiles } from './references.ts'
import { CorrectionShape, type WrittenWithdrawal } from './shape.ts'

/** A correction, and what is probably a mistake in its document. */
export type CompiledCorrection = {
  readonly correction: Correction
  readonly warnings: ReadonlyArray<Finding>
}

/** Compiles a parsed document and the files that it names to a correction, or returns everything wrong with them. */
export const compileCorrection = (
  document: unknown,
  files: NamedFiles,
): E.Either<ReadonlyArray<Finding>, CompiledCorrection> => {
  const shape = checkClosed(CorrectionShape, document)
  const conditions = compileConditions(document, WITHDRAWAL_CONDITIONS)
  const { lists, findings: listFindings } = flagListsNamedIn(document, files)
  const rules = correctedRules(document, files)
  const findings = [
    ...(E.isLeft(shape) ? shape.left : contradictions(shape.right)),
    ...conditions.findings,
    ...(rules !== null && E.isLeft(rules) ? rules.left : []),
    ...listFindings,
  ]
  if (E.isLeft(shape) || rules === null || E.isLeft(rules) || findings.length > 0) return E.left(findings)

  const written = shape.right
  const signals = new Map(Object.entries(written.signals ?? {}))
  const withdrawals = (written.withdrawals ?? []).map((withdrawal, index) =>
    toWithdrawal(withdrawal, conditions.compiled.get(index), signals, lists.get(index)),
  )
  const listHashes = new Map(lists.entries().map(([index, { sha256 }]) => [index, sha256]))
  const { text, sha256 } = canonicalCorrection(written, { rules: rules.right, listHashes })
  return E.right({
    correction: {
      document: { id: written.correction, sha256, canonical: text },
      rules: rules.right,
      withdrawals,
      rescored: written.rescored ?? 'use',
    },
    warnings: [...conditionWarnings(conditions.compiled), ...neverSettled(written, conditions.compiled)],
  })
}

const WITHDRAWAL_CONDITIONS = { list: 'withdrawals', field: 'where' }

/** Right in shape, but without a meaning: ids that are not unique, withdrawals of nothing or of two kinds, empty periods. */
const contradictions = ({ withdrawals = [] }: CorrectionShape): ReadonlyArray<Finding> => [
  ...duplicateIds('withdrawals', withdrawals),
  ...withdrawals.flatMap(({ flags, from, to, ...withdrawal }, index) => {
    const at = ['withdrawals', index]
    const findings: Finding[] = []
    const given = SOURCES.filter((source) => ({ flags, ...withdrawal })[source] !== undefined)
    const [first, second] = given
    if (first === undefined) {
      findings.push(valueError(at, 'this withdrawal names no flags', `add one of ${SOURCES.join(', ')}`))
    } else if (second !== undefined) {
      const message = `a withdrawal cannot have both ${first} and ${second}`
      findings.push({ ...valueError([...at, second], message, 'make them two withdrawals'), on: 'name' })
    }
    if (flags?.length === 0) {
      findings.push(
        valueError([...at, 'flags'], 'this list is empty', 'name a flag, or remove the withdrawal'),
      )
    }
    if (from !== undefined && to !== undefined && instantOf(from) >= instantOf(to)) {
      findings.push(valueError([...at, 'to'], 'the period must start before it ends', '`to` is exclusive'))
    }
    return findings
  }),
]

const SOURCES = ['where', 'flags', 'flags_file'] as const

const toWithdrawal = (
  { id, where = '', flags = [], from, to, truth = 'unknown' }: WrittenWithdrawal,
  condition: Condition | undefined,
  signals: ReadonlyMap<string, SignalType>,
  list: FlagList | undefined,
): Withdrawal => ({
  id,
  of:
    condition === undefined
      ? { kind: 'flags', flagIds: list?.flagIds ?? new Set(flags) }
      : {
          kind: 'where',
          when: where,
          signals,
          condition: condition.evaluate,
          readsFinding: readsFinding(condition),
        },
  from: from === undefined ? null : instantOf(from),
  to: to === undefined ? null : instantOf(to),
  truth,
})

const readsFinding = ({ reads }: Condition): boolean =>
  [...reads].some((name) => name.startsWith('signals.') || name.startsWith('detector.'))

const conditionWarnings = (conditions: ReadonlyMap<number, Condition>): ReadonlyArray<Finding> =>
  [...conditions].flatMap(([index, condition]) => [
    ...condition.remarks.map((remark) => asWarning(conditionFinding(WITHDRAWAL_CONDITIONS, index, remark))),
    ...constantWarning(['withdrawals', index, 'where'], constantTruth(condition)),
  ])

/** Withdrawals that stay unknown whatever a detector finds, in a correction that uses rescorings. */
const neverSettled = (
  { withdrawals = [], rescored = 'use' }: CorrectionShape,
  conditions: ReadonlyMap<number, Condition>,
): ReadonlyArray<Finding> =>
  rescored === 'ignore'
    ? []
    : [...conditions].flatMap(([index, condition]) =>
        withdrawals[index]?.truth === 'false' || readsFinding(condition) || isFaulty(condition)
          ? []
          : [
              asWarning(
                valueError(
                  ['withdrawals', index, 'where'],
                  'no rescoring can settle this withdrawal: its condition reads neither a signal nor the detector',
                  'name the detector too, such as detector.id, or list the flags',
                ),
              ),
            ],
      )

/** It has a warning of its own. */
const isFaulty = (condition: Condition): boolean =>
  ['false', 'unknown'].includes(constantTruth(condition) ?? '')

const constantWarning = (at: Finding['segments'], truth: ReturnType<typeof constantTruth>) => {
  if (truth === 'false')
    return [asWarning(valueError(at, 'this condition is never true', 'remove the withdrawal'))]
  if (truth === 'unknown')
    return [asWarning(valueError(at, 'this condition is never true or false: its numbers overflow'))]
  return []
}
