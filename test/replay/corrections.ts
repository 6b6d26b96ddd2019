import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import canonicalize from 'canonicalize'
import * as E from '#fp/Either'
import {
  type Correction,
  correctionOfRules,
  type Withdrawal,
} from '../../src/replay/correction/correction.ts'
import { compileCondition } from '../../src/rulesets/cel/condition.ts'
import { compileRuleset } from '../../src/rulesets/document.ts'
import type { SignalType } from '../../src/rulesets/ruleset.ts'

export type WithdrawalDocument = {
  readonly id: string
  readonly where?: string
  readonly flags?: ReadonlyArray<string>
  readonly from?: string
  readonly to?: string
  readonly truth?: 'unknown' | 'false'
}

/** A correction document as it is written. */
export type CorrectionDocument = {
  readonly correction: string
  readonly ruleset: { readonly id: string } | { readonly ruleset: string }
  readonly signals?: Readonly<Record<string, SignalType>>
  readonly withdrawals?: ReadonlyArray<WithdrawalDocument>
  readonly rescored?: 'use' | 'ignore'
}

/** A document, compiled. */
export const correctionOf = (document: CorrectionDocument): Correction => {
  const { correction, ruleset, signals = {}, withdrawals = [], rescored = 'use' } = document
  const declared = new Map(Object.entries(signals))
  return {
    document: { id: correction, sha256: sha256(document) },
    rules:
      'id' in ruleset
        ? { kind: 'as_they_were', rulesetId: ruleset.id }
        : { kind: 'corrected', ruleset: unwrap(compileRuleset(ruleset)) },
    withdrawals: withdrawals.map(
      ({ id, where, flags = [], from, to, truth = 'unknown' }): Withdrawal => ({
        id,
        of:
          where === undefined
            ? { kind: 'flags', flagIds: new Set(flags) }
            : { kind: 'where', condition: unwrap(compileCondition(where, declared)).evaluate },
        from: from === undefined ? null : Date.parse(from),
        to: to === undefined ? null : Date.parse(to),
        truth,
      }),
    ),
    rescored,
  }
}

/** What a vector corrects: only a ruleset, or what a correction document says. */
export const correctionIn = (vector: string): Correction => {
  const read = (file: string) => JSON.parse(readFileSync(join(vector, file), 'utf8'))
  return existsSync(join(vector, 'correction.json'))
    ? correctionOf(read('correction.json'))
    : correctionOfRules(unwrap(compileRuleset(read('corrected.json'))))
}

const sha256 = (document: unknown): string =>
  createHash('sha256')
    .update(canonicalize(document) ?? '')
    .digest('hex')

const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
