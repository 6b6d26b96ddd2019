import type { Restriction, Signals } from '../domain/parts.ts'

/** A condition is true, false or, if the evidence is insufficient, unknown. */
export type Truth = 'true' | 'false' | 'unknown'

/** `double` accepts any number, `int` a whole one (however it is written). */
export type SignalType = 'int' | 'double' | 'bool' | 'string'

/** What a condition sees of a flag or of an evaluation. A flag about no content has `content: null`. */
export type Evidence = {
  readonly signals: Signals
  readonly detector: { readonly kind: string; readonly id: string; readonly version: string }
  readonly flag: { readonly category: string; readonly source: string }
  readonly content: { readonly id: string; readonly kind: string } | null
}

export type Rule = {
  readonly id: string
  readonly category: string
  /** The condition as written, in CEL. */
  readonly when: string
  /** Evaluates the condition over recorded evidence; signals that are undeclared or do not fit their type are missing. */
  readonly condition: (evidence: Evidence) => Truth
  /** What the condition reads: `signals.link_count`, `detector.kind`, `content.id`… */
  readonly reads: ReadonlySet<string>
  /** Strike points; 0 if the document gives none. */
  readonly strikes: number
  /** How long a strike counts, in ms; null: forever. */
  readonly strikesExpireAfter: number | null
  readonly removesContent: boolean
  /** Ids of older rules that this one replaces. */
  readonly replaces: ReadonlyArray<string>
}

/** A rule about accounts: a number of strike points, within a time, in some categories. */
export type Policy = {
  readonly id: string
  readonly atLeast: number
  /** In ms; null: any time. */
  readonly within: number | null
  /** null: all. */
  readonly categories: ReadonlySet<string> | null
  readonly restriction: Restriction
}

/** One version of a ruleset, compiled. */
export type Ruleset = {
  readonly id: string
  readonly version: string
  /** SHA-256 of the document's canonical form (RFC 8785), as 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /** That form. */
  readonly canonical: string
  readonly signals: ReadonlyMap<string, SignalType>
  readonly rules: ReadonlyArray<Rule>
  readonly policies: ReadonlyArray<Policy>
}

/** The rule for an id: the one that has it, else the one that replaces it; undefined: there is none. */
export const ruleNamed = ({ rules }: Pick<Ruleset, 'rules'>, id: string): Rule | undefined =>
  rules.find((rule) => rule.id === id) ?? rules.find(({ replaces }) => replaces.includes(id))
