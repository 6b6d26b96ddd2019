import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import * as E from '#fp/Either'
import { compileCorrection } from '../../../src/replay/correction/compile.ts'
import { type Correction, correctionOfRules } from '../../../src/replay/correction/correction.ts'
import { parseSweep } from '../../../src/replay/sweep/expression.ts'
import { type Sweep, sweepOf } from '../../../src/replay/sweep/sweep.ts'
import { compileRuleset } from '../../../src/rulesets/document.ts'
import type { Ruleset } from '../../../src/rulesets/ruleset.ts'
import { flagIdOf } from './ids.ts'

/** The two years of the generated history: [from, to). */
export const period = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2026, 0, 1) }

export const GUIDELINES = 'community-guidelines'
export const MERCHANTS = 'merchant-policy'

/** The version with the faulty condition, and the two weeks in which it was in force: [from, to). */
export const faulty = {
  version: '2025-04-28',
  from: Date.UTC(2025, 3, 28, 9, 30),
  to: Date.UTC(2025, 4, 12, 9, 30),
}

/** When the picture model that misjudges was live: [from, to). */
export const badModel = { version: '7.3.0', from: Date.UTC(2024, 9, 1), to: Date.UTC(2024, 11, 15) }

/** An entry of the hash list that should not be there. */
const WRONG_ENTRY = 'vm-10017'
/** A vendor's reviewers, who share an id and worked badly. */
export const VENDOR = 'vendor-3'
/** A version that flags name although it was never published. */
export const LOST_VERSION = '2025-02-30-hotfix'

/** Versions of the guidelines, by when they took effect. */
export const versions = [
  { version: '2024-01-01', effectiveFrom: period.from },
  { version: '2024-09-16', effectiveFrom: Date.UTC(2024, 8, 16, 6) },
  { version: faulty.version, effectiveFrom: faulty.from },
  { version: '2025-05-12', effectiveFrom: faulty.to },
] as const
/** From this version on `spam.links` is called `spam.link_farm`. */
export const renamed = versions[1].effectiveFrom
export const MERCHANT_VERSION = '2024-01-01'

/** Each rule, what it is worth, and what it fires for. `days`: until its strikes expire; null: never. */
const rules = {
  'adult.explicit': {
    category: 'adult_content',
    strikes: 2,
    days: 90,
    removes: true,
    when: 'signals.adult_score >= 0.8 && !signals.is_illustration',
  },
  'spam.repeat_pin': {
    category: 'spam',
    strikes: 1,
    days: 14,
    removes: false,
    when: 'signals.duplicate_count >= 25',
  },
  'spam.link_farm': {
    category: 'spam',
    strikes: 1,
    days: 30,
    removes: false,
    when: 'signals.link_count > 40 && signals.account_age_days < 3000',
  },
  'harassment.reviewed': {
    category: 'harassment',
    strikes: 2,
    days: 60,
    removes: true,
    when: 'detector.kind == "human"',
  },
  'adult.nudity': {
    category: 'adult_content',
    strikes: 2,
    days: 90,
    removes: true,
    when: 'detector.kind == "model" && signals.nudity_score >= 0.9',
  },
  'goods.pattern_resale': {
    category: 'counterfeit',
    strikes: 2,
    days: 60,
    removes: true,
    when: 'signals.listing_similarity >= 0.6',
  },
  'violence.known_media': {
    category: 'violent_extremism',
    strikes: 3,
    days: null,
    removes: true,
    when: 'detector.kind == "hash_match" && signals.hash_distance <= 8',
  },
  'evasion.linked_account': {
    category: 'ban_evasion',
    strikes: 3,
    days: null,
    removes: false,
    when: 'detector.id == "linker" && signals.link_confidence >= 0.8',
  },
} as const satisfies Readonly<Record<string, WrittenRule>>

type WrittenRule = {
  readonly category: string
  readonly strikes: number
  readonly days: number | null
  readonly removes: boolean
  readonly when: string
}
type RuleId = keyof typeof rules
/** A changed rule; null: it is left out. */
type Changes = Partial<Record<RuleId, Partial<WrittenRule> | null>>

const signals = {
  account_age_days: 'int',
  adult_score: 'double',
  duplicate_count: 'int',
  hash_distance: 'int',
  is_illustration: 'bool',
  link_confidence: 'double',
  link_count: 'int',
  list_entry: 'string',
  listing_similarity: 'double',
  nudity_score: 'double',
}

const guidelines = (version: string, changes: Changes = {}, beforeRenaming = false): object => ({
  ruleset: GUIDELINES,
  version,
  signals,
  rules: Object.entries(rules).flatMap(([id, rule]) => {
    // Cast: these are the keys of `rules`.
    const change = changes[id as RuleId]
    if (change === null) return []
    const { category, strikes, days, removes, when }: WrittenRule = { ...rule, ...change }
    const isRenamed = id === 'spam.link_farm'
    return {
      id: isRenamed && beforeRenaming ? 'spam.links' : id,
      category,
      when,
      strikes,
      ...(days === null ? {} : { strikes_expire_after: `${days}d` }),
      ...(removes ? { removes_content: true } : {}),
      ...(isRenamed && !beforeRenaming ? { replaces: ['spam.links'] } : {}),
    }
  }),
  deactivations: [
    { id: 'three-strikes', at_least: 3, within: '60d', restriction: 'suspended' },
    { id: 'repeat-offender', at_least: 6, within: '60d', restriction: 'terminated' },
    {
      id: 'zero-tolerance',
      at_least: 3,
      within: '90d',
      categories: ['violent_extremism'],
      restriction: 'terminated',
    },
  ],
})

const merchants = {
  ruleset: MERCHANTS,
  version: MERCHANT_VERSION,
  signals: { undelivered_orders: 'int' },
  rules: [
    { id: 'merchant.undelivered', category: 'scams', when: 'signals.undelivered_orders >= 10', strikes: 3 },
  ],
  deactivations: [{ id: 'sales-stop', at_least: 3, restriction: 'suspended' }],
}

/** A published version: its document as it is written, and compiled. */
export type Release = {
  readonly effectiveFrom: number
  readonly document: object
  readonly documentSha256: string
  readonly ruleset: Ruleset
}

const release = (effectiveFrom: number, document: object): Release => ({
  effectiveFrom,
  document,
  documentSha256: hash('sha256', canonicalize(document) ?? '', 'hex'),
  ruleset: unwrap(compileRuleset(document)),
})

const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

/** Every version that is published in a generated history. */
export const releases: ReadonlyArray<Release> = [
  ...versions.map(({ version, effectiveFrom }) =>
    release(
      effectiveFrom,
      guidelines(
        version,
        version === faulty.version ? { 'adult.explicit': { when: 'signals.adult_score >= 0.5' } } : {},
        effectiveFrom < renamed,
      ),
    ),
  ),
  release(period.from, merchants),
]

/** The published documents, compiled, by SHA-256: what `collectHistory` finishes with. */
export const publishedDocuments: ReadonlyMap<string, Ruleset> = new Map(
  releases.map(({ documentSha256, ruleset }) => [documentSha256, ruleset]),
)

/** The faulty condition put right; nothing else. */
const rightThreshold = guidelines('corrected-threshold')
export const rightRuleset: Ruleset = unwrap(compileRuleset(rightThreshold))

/** Forty thresholds of that condition. */
export const sweep: Sweep = unwrap(
  sweepOf(unwrap(parseSweep('adult.explicit: signals.adult_score >= 0.60..0.99 step 0.01')), {
    ruleset: rightRuleset,
    document: rightThreshold,
  }),
)

/** The corrections that are measured, by name. */
export const corrections = {
  threshold: correctionOfRules(rightRuleset),
  /** Six changed rules, two kinds of withdrawn evidence and a list of flags; rescorings count. */
  nineFaults: compiled({
    correction: 'nine-faults',
    ruleset: guidelines('corrected-nine', {
      'adult.nudity': {
        when: `detector.kind == "model" && detector.version != "${badModel.version}" && signals.nudity_score >= 0.9`,
      },
      'goods.pattern_resale': null,
      'spam.link_farm': { when: 'signals.link_count > 50 && signals.account_age_days < 3000' },
      'spam.repeat_pin': { when: 'signals.duplicate_count >= 20', days: 7 },
      'harassment.reviewed': { strikes: 1 },
    }),
    signals: { list_entry: 'string' },
    withdrawals: [
      {
        id: 'hash-list-entry',
        where: `detector.kind == "hash_match" && signals.list_entry == "${WRONG_ENTRY}"`,
        from: '2024-03-01T00:00:00Z',
        truth: 'false',
      },
      { id: 'vendor', where: `detector.id == "${VENDOR}"`, to: '2025-10-01T00:00:00Z' },
      {
        id: 'joined-to-the-wrong-account',
        flags: Array.from({ length: 100 }, (_, story) => flagIdOf(story, 0)),
        truth: 'false',
      },
    ],
  }),
  /** The rules as they were, no evidence corrected: what the base is. */
  asTheyWere: {
    document: null,
    rules: { kind: 'as_they_were', rulesetId: GUIDELINES },
    withdrawals: [],
    rescored: 'ignore',
  },
} as const satisfies Readonly<Record<string, Correction>>

function compiled(document: object): Correction {
  return unwrap(compileCorrection(document, new Map())).correction
}
