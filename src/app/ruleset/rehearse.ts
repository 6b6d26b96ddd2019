import * as E from '#fp/Either'
import {
  checkExpectations,
  type Expectations,
  type Unexpected,
  unexpectedIn,
} from '../../incidents/rehearsal/expectations.ts'
import type { Rehearsal } from '../../incidents/rehearsal/rehearsal.ts'
import { describeWindow } from '../../incidents/rehearsal/window.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { type AppError, failed, invalid } from '../error.ts'
import { type LedgerPlace, readingLedger } from '../stores.ts'
import { type LookAtEvidence, lookAtEvidence } from './look-at-evidence.ts'
import { predecessorOf, rulesetOf, versionsPublished } from './predecessor.ts'

export type RehearseOptions = LedgerPlace &
  Omit<LookAtEvidence, 'question' | 'data'> & {
    readonly next: Ruleset
    /** The version to compare with; null: the one in force at the instant `now` (ms). */
    readonly against: string | null
    readonly now: number
    /** How many pieces of evidence to draw for each rule. */
    readonly sample: number
    readonly expectations: Expectations
  }

/** A rehearsal, as of a sequence of the ledger. */
export type Rehearsed = {
  readonly rehearsal: Rehearsal
  readonly sequence: number
  /** The rules that fire on more new evidence than expected. */
  readonly unexpected: ReadonlyArray<Unexpected>
}

/** Tries a new version of a ruleset on recorded evidence, next to the version in force. */
export const rehearseRuleset = ({
  data,
  ledger: cluster,
  ...options
}: RehearseOptions): Promise<E.Either<AppError, Rehearsed>> =>
  readingLedger({ data, ledger: cluster }, async (opened) => {
    const { next, against, now } = options
    const versions = await versionsPublished(opened, next.id)
    if (E.isLeft(versions)) return versions
    const predecessor = predecessorOf(versions.right, next, against, now)
    if (E.isLeft(predecessor)) return predecessor
    if (predecessor.right === null) return rehearseIn(opened, { ...options, data, old: null })
    const old = await rulesetOf(opened, predecessor.right)
    return E.isLeft(old) ? old : rehearseIn(opened, { ...options, data, old: old.right })
  })

type RehearseInOptions = Omit<LookAtEvidence, 'question'> &
  Pick<RehearseOptions, 'next' | 'sample' | 'expectations'> & { readonly old: Ruleset | null }

/** The same in an open ledger, next to a version that is known; null: with none. */
const rehearseIn = async (
  opened: Pick<OpenLedger, 'ledger' | 'vault'>,
  { old, next, sample, expectations, ...options }: RehearseInOptions,
): Promise<E.Either<AppError, Rehearsed>> => {
  const checked = checkExpectations(expectations, next)
  if (E.isLeft(checked)) return invalid(checked.left, 'expect')
  const looked = await lookAtEvidence(opened, { ...options, question: { old, next, sample } })
  if (E.isLeft(looked)) return looked
  const { rehearsal, sequence } = looked.right
  if (rehearsal === null)
    return failed('the ledger has no events of services, so there is nothing to rehearse on')
  const { evidence, window } = rehearsal
  return evidence.flags + evidence.evaluations === 0
    ? failed(`no evidence was recorded in the ${describeWindow(window)}; give a longer time`, 'over')
    : E.right({ rehearsal, sequence, unexpected: unexpectedIn(rehearsal, expectations) })
}
