import { formatInstant } from '../../domain/time.ts'
import type { Drawn, RehearsedRule } from '../../incidents/rehearsal/rehearsal.ts'
import { remarksOnRehearsal } from '../../incidents/rehearsal/remarks.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { Rehearsed } from './rehearse.ts'

/** The name of the form below, with its version: another form gets another one. Its schema is in infra/schemas/. */
export const REHEARSAL_REPORT = 'ruleset.rehearsal.v1'

/** A rehearsal as JSON. */
export const rehearsalJson = ({ rehearsal, sequence, unexpected }: Rehearsed) => {
  const { old, next, window, evidence, rules, accounts, signals } = rehearsal
  const tooMuch = new Map(unexpected.map((rule) => [rule.rule, rule]))
  return {
    type: REHEARSAL_REPORT,
    ruleset: { id: next.id, ...versionOf(next) },
    against: old === null ? null : versionOf(old),
    sequence,
    window: { from: formatInstant(window.from), to: formatInstant(window.to) },
    evidence,
    asExpected: unexpected.length === 0,
    rules: rules.map((rule) => ({
      ...ruleJson(rule),
      asExpected: !tooMuch.has(rule.id),
      allowed: tooMuch.get(rule.id)?.allowed ?? null,
    })),
    accounts,
    signals,
    remarks: remarksOnRehearsal(rehearsal),
  }
}

const versionOf = ({ version, sha256 }: Ruleset) => ({ version, sha256 })

const ruleJson = ({ counts, byDetector, byAccountAge, sample, ...rule }: RehearsedRule) => ({
  ...rule,
  evidence: counts,
  byDetector: byDetector.map(({ detector, counts }) => ({ detector, evidence: counts })),
  byAccountAge: byAccountAge.map(({ age, counts }) => ({ age, evidence: counts })),
  sample: sample.map(drawnJson),
})

/** Each member by name: the projections and the ledger give them in different orders, but the text must be the same. */
const drawnJson = ({ kind, source, id, occurredAt, content, detector, signals, truth }: Drawn) => ({
  ...{ kind, source, id, occurredAt: formatInstant(occurredAt), content },
  detector: { kind: detector.kind, id: detector.id, version: detector.version },
  ...{ signals, truth },
})
