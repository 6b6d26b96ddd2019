import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { compileCorrection } from '../../src/replay/correction/compile.ts'
import { type Correction, correctionOfRules } from '../../src/replay/correction/correction.ts'
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
export const correctionOf = (document: CorrectionDocument): Correction =>
  unwrap(compileCorrection(document, new Map())).correction

/** What a vector corrects: only a ruleset, or what a correction document says. */
export const correctionIn = (vector: string): Correction => {
  const read = (file: string) => JSON.parse(readFileSync(join(vector, file), 'utf8'))
  return existsSync(join(vector, 'correction.json'))
    ? correctionOf(read('correction.json'))
    : correctionOfRules(unwrap(compileRuleset(read('corrected.json'))))
}

const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
