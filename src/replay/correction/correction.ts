import type { Evidence, Ruleset, SignalType, Truth } from '../../rulesets/ruleset.ts'

/** What was wrong, compiled: the rules, the evidence, or both. */
export type Correction = {
  /** The correction document; null: only a corrected ruleset was given. */
  readonly document: (CorrectionDocumentRef & { readonly canonical: string }) | null
  readonly rules: CorrectedRules
  /** In the document's order. */
  readonly withdrawals: ReadonlyArray<Withdrawal>
  readonly rescored: 'use' | 'ignore'
}

/** Corrections of one ruleset id, at least one. */
export type Corrections = readonly [Correction, ...ReadonlyArray<Correction>]

export type CorrectionDocumentRef = {
  readonly id: string
  /** SHA-256 of the document's canonical form, as 64 lower-case hexadecimal digits. */
  readonly sha256: string
}

/** By which rules decisions are judged again: corrected ones, or those of the day, which were right. */
export type CorrectedRules =
  | { readonly kind: 'corrected'; readonly ruleset: Ruleset }
  | { readonly kind: 'as_they_were'; readonly rulesetId: string }

/** Flags that must not be believed as they were recorded. */
export type Withdrawal = {
  readonly id: string
  readonly of:
    | {
        readonly kind: 'where'
        /** The condition as written, in CEL, over `signals`. */
        readonly when: string
        readonly signals: ReadonlyMap<string, SignalType>
        readonly condition: (evidence: Evidence) => Truth
        /** Whether it reads anything that a rescoring finds again; otherwise it is for a rescoring what it is for the flag. */
        readonly readsFinding: boolean
      }
    | { readonly kind: 'flags'; readonly flagIds: ReadonlySet<string> }
  /** Of the flag's moment, in ms; null: no limit. */
  readonly from: number | null
  /** Exclusive. */
  readonly to: number | null
  /** What a flag that lies in it is at most. */
  readonly truth: 'unknown' | 'false'
}

/** A corrected ruleset and nothing else. */
export const correctionOfRules = (ruleset: Ruleset): Correction => ({
  document: null,
  rules: { kind: 'corrected', ruleset },
  withdrawals: [],
  rescored: 'ignore',
})

/** SHA-256 of a correction's document, or, if only a corrected ruleset was given, of that. */
export const hashOfCorrection = ({ document, rules }: Pick<Correction, 'document' | 'rules'>): string => {
  if (document !== null) return document.sha256
  if (rules.kind === 'corrected') return rules.ruleset.sha256
  throw new RangeError('a correction without a document corrects rules')
}

/** The id of the rulesets whose decisions a correction judges again. */
export const rulesetIdOf = ({ rules }: Pick<Correction, 'rules'>): string =>
  rules.kind === 'corrected' ? rules.ruleset.id : rules.rulesetId

/** A correction's document by its hash, without its text; null: there is none. */
export const documentRefOf = ({ document }: Pick<Correction, 'document'>): CorrectionDocumentRef | null =>
  document === null ? null : { id: document.id, sha256: document.sha256 }
