import { foldAccount, inOrder } from '../../../../src/domain/account.ts'
import type { EventType, StoredEvent } from '../../../../src/domain/event.ts'
import type { OwnerStatement } from '../../../../src/reports/statements/owner/codec.ts'
import { ownerStatementOf, type Text } from '../../../../src/reports/statements/owner/owner-statement.ts'
import { compileRuleset } from '../../../../src/rulesets/document.ts'
import { decoded, stored } from '../../../domain/samples.ts'
import { unwrap } from '../../../replay/ledgers.ts'

/** A stored event of a sample: some fields of its data changed (undefined: left out), on a day of May 2025. */
export const event = (
  type: EventType,
  day: number,
  data: Readonly<Record<string, unknown>> = {},
): StoredEvent => {
  const sample = stored(type)
  // Cast: every sample has data.
  const merged = Object.entries({ ...(sample.data as object), ...data }).filter(
    ([, value]) => value !== undefined,
  )
  const time = `2025-05-${String(day).padStart(2, '0')}T10:00:00.000Z`
  return decoded({ ...sample, id: `${type}-${day}`, time, data: Object.fromEntries(merged) })
}

const ref = { id: 'community-guidelines', version: '2025-04-28' }
export const flag = (data: Readonly<Record<string, unknown>> = {}): StoredEvent =>
  event('flag.raised.v1', 1, { ruleset: ref, becauseOf: undefined, ...data })
export const removal = (data: Readonly<Record<string, unknown>> = {}): StoredEvent =>
  event('content.removed.v1', 2, { ruleset: ref, grounds: ['f1'], ...data })
export const ban = (data: Readonly<Record<string, unknown>> = {}): StoredEvent =>
  event('account.deactivated.v1', 2, { ruleset: ref, grounds: ['f1'], ...data })

/** The version that the samples name, with a rule of this condition. */
const rulesetOf = (when: string, more: ReadonlyArray<object> = []) =>
  unwrap(
    compileRuleset({
      ruleset: ref.id,
      version: ref.version,
      signals: { adult_score: 'double', is_illustration: 'bool' },
      rules: [
        {
          id: 'adult.explicit',
          category: 'adult_content',
          when,
          strikes: 2,
          strikes_expire_after: '30d',
          removes_content: true,
        },
      ],
      deactivations: [{ id: 'three-strikes', at_least: 3, within: '90d', restriction: 'suspended' }, ...more],
    }),
  )

type Options = {
  readonly texts?: Readonly<Record<string, Text>>
  readonly when?: string | null
  readonly howToAppeal?: string
  /** Policies besides the one of three strikes. */
  readonly policies?: ReadonlyArray<object>
}

/** The statement of the decision `d1` of an account with these events. */
export const statementOf = (
  events: ReadonlyArray<StoredEvent>,
  { texts = {}, when = 'signals.adult_score >= 0.67', howToAppeal, policies = [] }: Options = {},
): OwnerStatement => {
  const account = foldAccount(events)
  const decision = account.decisions.find(({ decisionId }) => decisionId === 'd1')
  if (decision === undefined) throw new Error('there is no d1')
  return ownerStatementOf({
    decision,
    account,
    events: inOrder(events),
    textOf: ({ id }) => texts[id],
    rulesetNamed: ({ version }) =>
      when === null || version !== ref.version ? undefined : rulesetOf(when, policies),
    howToAppeal: howToAppeal ?? null,
    at: Date.UTC(2025, 5, 1),
  })
}
