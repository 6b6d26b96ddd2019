import { atTime, period } from './calendar.ts'
import { badModel, type Mistakes } from './mistakes.ts'
import { type SimulatedPolicy, policies as usualPolicies } from './policies.ts'

/** The platform's rules by their current names, and what each is worth: the same in every version. */
export const ruleFacts = {
  'adult.explicit': { category: 'adult_content', strikes: 2, expiresAfter: 90, removes: true },
  'adult.nudity': { category: 'adult_content', strikes: 2, expiresAfter: 90, removes: true },
  'spam.link_farm': { category: 'spam', strikes: 1, expiresAfter: 30, removes: false },
  'spam.repeat_pin': { category: 'spam', strikes: 1, expiresAfter: 14, removes: false },
  'violence.known_media': { category: 'violent_extremism', strikes: 3, expiresAfter: null, removes: true },
  'harassment.reviewed': { category: 'harassment', strikes: 2, expiresAfter: 60, removes: true },
  'goods.pattern_resale': { category: 'counterfeit', strikes: 2, expiresAfter: 60, removes: true },
  'spam.redirects': { category: 'spam', strikes: 1, expiresAfter: 30, removes: false },
  'evasion.linked_account': { category: 'ban_evasion', strikes: 3, expiresAfter: null, removes: false },
} as const satisfies Record<string, RuleFacts>

/** `expiresAfter` in days; null: never. */
type RuleFacts = {
  readonly category: string
  readonly strikes: number
  readonly expiresAfter: number | null
  readonly removes: boolean
}
export type RuleId = keyof typeof ruleFacts

export const rulesetId = 'community-guidelines'
export const merchantRulesetId = 'merchant-policy'
export const merchantVersion = '2025-01-15'

/**
 * What the version of April 28, and all later ones, rightly change: a lower threshold for adult content, or a rule about
 * links that lead on and on.
 */
export type RightChange = 'tighter threshold' | 'new rule'

/** The scanner records how often a link redirects from then on, if a rule is to read it. */
export const redirectsRecordedFrom = atTime('2025-04-20T00:00:00Z')

/** A ruleset's document, ready for JSON or YAML. */
export type SimulatedRuleset = {
  readonly ruleset: string
  readonly version: string
  readonly signals: Readonly<Record<string, 'double' | 'bool' | 'int' | 'string'>>
  readonly rules: ReadonlyArray<
    { readonly id: string; readonly when: string } & Readonly<Record<string, unknown>>
  >
  readonly deactivations: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const conditions: Readonly<Record<RuleId, string>> = {
  'adult.explicit': 'signals.adult_score >= 0.97 && !signals.is_illustration',
  'adult.nudity': 'detector.kind == "model" && signals.nudity_score >= 0.9',
  'spam.link_farm': 'signals.link_count > 40 && signals.account_age_days < 30',
  'spam.repeat_pin': 'signals.duplicate_count >= 25',
  'violence.known_media': 'detector.kind == "hash_match" && signals.hash_distance <= 8',
  'harassment.reviewed': 'detector.kind == "human"',
  'goods.pattern_resale': 'signals.listing_similarity >= 0.6',
  'spam.redirects': 'signals.redirects >= 3',
  'evasion.linked_account': 'detector.id == "linker" && signals.link_confidence >= 0.8',
}

const tighterConditions = { 'adult.explicit': 'signals.adult_score >= 0.93 && !signals.is_illustration' }

type Variant = {
  readonly change: RightChange | null
  readonly conditions?: Partial<Record<RuleId, string>>
  readonly without?: RuleId
  readonly policies: ReadonlyArray<SimulatedPolicy>
  /** Before April the link farm rule had another name. */
  readonly oldLinkRule?: boolean
}

const documentOf = (version: string, variant: Variant): SimulatedRuleset => ({
  ruleset: rulesetId,
  version,
  signals: {
    adult_score: 'double',
    is_illustration: 'bool',
    link_count: 'int',
    account_age_days: 'int',
    duplicate_count: 'int',
    nudity_score: 'double',
    hash_distance: 'int',
    listing_similarity: 'double',
    link_confidence: 'double',
    ...(variant.change === 'new rule' ? { redirects: 'int' } : {}),
  },
  rules: ruleIds
    .filter((id) => id !== variant.without && (id !== 'spam.redirects' || variant.change === 'new rule'))
    .map((id) => {
      const { category, strikes, expiresAfter, removes } = ruleFacts[id]
      return {
        id: variant.oldLinkRule === true ? dayName(id, 0) : id,
        category,
        when: conditionsOf(variant)[id],
        strikes,
        ...(expiresAfter === null ? {} : { strikes_expire_after: `${expiresAfter}d` }),
        ...(removes ? { removes_content: true } : {}),
        ...(id === 'spam.link_farm' && variant.oldLinkRule !== true ? { replaces: ['spam.links'] } : {}),
      }
    }),
  deactivations: variant.policies.map(({ id, atLeast, within, categories, restriction }) => ({
    id,
    at_least: atLeast,
    within: `${within}d`,
    ...(categories === null ? {} : { categories }),
    restriction,
  })),
})

const conditionsOf = ({ change, conditions: others }: Variant): Readonly<Record<RuleId, string>> => ({
  ...conditions,
  ...(change === 'tighter threshold' ? tighterConditions : {}),
  ...others,
})

// Cast: these are the keys of a literal object of this module, which has no others.
const ruleIds = Object.keys(ruleFacts) as ReadonlyArray<RuleId>

export type SimulatedRelease = {
  readonly publishedAt: number
  readonly effectiveFrom: number
  readonly document: SimulatedRuleset
}

const versions = [
  { version: '2025-03-10', publishedAt: '2025-03-09T15:00:00Z', effectiveFrom: '2025-03-10T00:00:00Z' },
  { version: '2025-04-02', publishedAt: '2025-04-01T13:40:00Z', effectiveFrom: '2025-04-02T06:00:00Z' },
  { version: '2025-04-28', publishedAt: '2025-04-28T09:12:00Z', effectiveFrom: '2025-04-28T09:30:00Z' },
  { version: '2025-05-13', publishedAt: '2025-05-13T15:20:00Z', effectiveFrom: '2025-05-13T16:00:00Z' },
].map(({ version, publishedAt, effectiveFrom }) => ({
  version,
  publishedAt: atTime(publishedAt),
  effectiveFrom: atTime(effectiveFrom),
}))

/** The version of the community guidelines in force at an instant of the simulated time. */
export const versionAt = (at: number): string => {
  const inForce = versions.findLast(({ effectiveFrom }) => effectiveFrom <= at)
  if (inForce === undefined) throw new RangeError('before the first version')
  return inForce.version
}

/** When the mistyped version was in force: [from, to). */
export const incident = {
  from: atTime('2025-04-28T09:30:00Z'),
  to: atTime('2025-05-13T16:00:00Z'),
}

/** The mistyped rule, as what is at fault. */
export const mistypedRule = {
  ruleset: rulesetId,
  version: versionAt(incident.from),
  rule: 'adult.explicit',
  ...period(incident.from, incident.to),
}

const RENAMED = atTime('2025-04-02T06:00:00Z')

/** What a rule was called at an instant. */
export const dayName = (rule: RuleId, at: number): string =>
  rule === 'spam.link_farm' && at < RENAMED ? 'spam.links' : rule

/** What a scenario's rules are, other than the usual ones. */
type ReleaseOptions = {
  readonly mistakes: Mistakes
  readonly change?: RightChange
  /** When the version of April 28 is published; absent: before it takes effect. */
  readonly publishedLate?: number
  /** Absent: the usual ones. */
  readonly policies?: ReadonlyArray<SimulatedPolicy>
}

/** Every version that the platform publishes. */
export const releases = ({
  mistakes,
  change,
  publishedLate,
  policies = usualPolicies,
}: ReleaseOptions): ReadonlyArray<SimulatedRelease> => [
  ...versions.map(({ version, publishedAt, effectiveFrom }) => ({
    publishedAt: effectiveFrom === incident.from ? (publishedLate ?? publishedAt) : publishedAt,
    effectiveFrom,
    document: documentOf(version, {
      change: effectiveFrom < incident.from ? null : (change ?? null),
      oldLinkRule: effectiveFrom < RENAMED,
      policies,
      ...(mistakes.typo && effectiveFrom === incident.from
        ? { conditions: { 'adult.explicit': 'signals.adult_score >= 0.67' } }
        : {}),
    }),
  })),
  {
    publishedAt: atTime('2025-03-09T15:05:00Z'),
    effectiveFrom: atTime('2025-01-15T00:00:00Z'),
    document: merchantDocument,
  },
]

/** The ruleset as it should have been, once the platform knows what went wrong. */
export const correctedRuleset = (
  mistakes: Mistakes,
  policies: ReadonlyArray<SimulatedPolicy> = usualPolicies,
): SimulatedRuleset =>
  documentOf('2025-05-19-corrected', {
    change: null,
    policies,
    ...(mistakes.badModel
      ? {
          conditions: {
            'adult.nudity': `detector.kind == "model" && detector.version != "${badModel.version}" && signals.nudity_score >= 0.9`,
          },
        }
      : {}),
    ...(mistakes.patternRule ? { without: 'goods.pattern_resale' } : {}),
  })

const merchantDocument: SimulatedRuleset = {
  ruleset: merchantRulesetId,
  version: merchantVersion,
  signals: { undelivered_orders: 'int' },
  rules: [
    { id: 'merchant.undelivered', category: 'scams', when: 'signals.undelivered_orders >= 10', strikes: 3 },
  ],
  deactivations: [{ id: 'sales-stop', at_least: 3, restriction: 'suspended' }],
}
