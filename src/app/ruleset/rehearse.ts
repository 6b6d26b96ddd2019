import * as E from '#fp/Either'
import {
  checkExpectations,
  type Expectations,
  type Unexpected,
  unexpectedIn,
} from '../../incidents/rehearsal/expectations.ts'
import type { Rehearsal, RehearsalWindow } from '../../incidents/rehearsal/rehearsal.ts'
import { describeWindow } from '../../incidents/rehearsal/window.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import type { PublishedRuleset } from '../../ledger/rulesets.ts'
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
    const { next, against, now, expectations } = options
    const checked = checkExpectations(expectations, next)
    if (E.isLeft(checked)) return invalid(checked.left, 'expect')
    const versions = await versionsPublished(opened, next.id)
    if (E.isLeft(versions)) return versions
    const predecessor = predecessorOf(versions.right, next, against, now)
    if (E.isLeft(predecessor)) return predecessor
    const rehearsed = await rehearseIn(opened, { ...options, data, predecessor: predecessor.right })
    if (E.isRight(rehearsed)) return rehearsed
    switch (rehearsed.left.kind) {
      case 'no_service_events':
        return failed('the ledger has no events of services, so there is nothing to rehearse on')
      case 'no_evidence':
        return failed(
          `no evidence was recorded in the ${describeWindow(rehearsed.left.window)}; give a longer time`,
          'over',
        )
      default:
        return E.left(rehearsed.left)
    }
  })

type RehearseInOptions = Omit<LookAtEvidence, 'question'> &
  Pick<RehearseOptions, 'next' | 'sample' | 'expectations'> & {
    /** null: there is none. */
    readonly predecessor: PublishedRuleset | null
  }

/** What a ledger lacks for a rehearsal. */
export type NothingToRehearseOn =
  | { readonly kind: 'no_service_events' }
  | { readonly kind: 'no_evidence'; readonly window: RehearsalWindow }

/** The same in an open ledger, next to a version that is known. The expectations must be about rules of the new one. */
export const rehearseIn = async (
  opened: Pick<OpenLedger, 'ledger' | 'vault'>,
  { predecessor, next, sample, expectations, ...options }: RehearseInOptions,
): Promise<E.Either<AppError | NothingToRehearseOn, Rehearsed>> => {
  const old = predecessor === null ? E.right(null) : await rulesetOf(opened, predecessor)
  if (E.isLeft(old)) return old
  const looked = await lookAtEvidence(opened, { ...options, question: { old: old.right, next, sample } })
  if (E.isLeft(looked)) return looked
  const { rehearsal, sequence } = looked.right
  if (rehearsal === null) return E.left({ kind: 'no_service_events' })
  const { evidence, window } = rehearsal
  return evidence.flags + evidence.evaluations === 0
    ? E.left({ kind: 'no_evidence', window })
    : E.right({ rehearsal, sequence, unexpected: unexpectedIn(rehearsal, expectations) })
}
