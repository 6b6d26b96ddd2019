import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import type { RehearsalRecord } from '../../domain/rehearsal.ts'
import { checkExpectations } from '../../incidents/rehearsal/expectations.ts'
import { describeWindow } from '../../incidents/rehearsal/window.ts'
import {
  describePublishError,
  type PublishOutcome,
  type PublishRequest,
  publishRuleset,
} from '../../ingest/pipeline/publish-ruleset.ts'
import { type OpenLedger, openLedger } from '../../ledger/open.ts'
import { type PublishedRuleset, type SequencedPublication, withSequence } from '../../ledger/rulesets.ts'
import { type AppError, failed, invalid, refused } from '../error.ts'
import { ledgerResult } from '../results.ts'
import type { RecordingPlace } from '../stores.ts'
import { predecessorOf, versionsPublished } from './predecessor.ts'
import { recordOfRehearsal } from './rehearsal-record.ts'
import { type Rehearsed, type RehearseOptions, rehearseIn } from './rehearse.ts'

export type PublishOptions = RecordingPlace &
  Omit<PublishRequest, 'rehearsal' | 'among'> &
  Pick<RehearseOptions, 'over' | 'sample' | 'expectations' | 'onProgress' | 'onReference'> & {
    /** Who publishes it. */
    readonly by: string
    /** Why it is published without a rehearsal; null: it is rehearsed. */
    readonly unrehearsed: string | null
  }

/** The publication that the ledger holds, from this call or an earlier one. */
export type Publishing = {
  readonly kind: PublishOutcome['kind']
  readonly publication: SequencedPublication
}

/** It was not published: in its rehearsal, a rule fires on more new evidence than expected. */
export type Unpublished = { readonly kind: 'unexpected'; readonly rehearsed: Rehearsed }

/**
 * Records a version of a ruleset with its document, once; fails if the ledger has another document for that version. It is
 * rehearsed first, unless it is the first version in force or published already.
 */
export const publishVersion = async (
  options: PublishOptions,
): Promise<E.Either<AppError, Publishing | Unpublished>> => {
  const { data, ledger: cluster, clock, acceptClock = false, ruleset, document } = options
  const { source, effectiveFrom } = options
  const opened = ledgerResult(await openLedger(data, { cluster, clock, acceptClock }))
  if (E.isLeft(opened)) return opened
  const publish = async (): Promise<E.Either<AppError, Publishing | Unpublished>> => {
    const versions = await versionsPublished(opened.right, ruleset.id)
    if (E.isLeft(versions)) return versions
    const rehearsal = await rehearsalFor(opened.right, versions.right, options)
    if (E.isLeft(rehearsal)) return rehearsal
    if (rehearsal.right !== null && 'rehearsed' in rehearsal.right) return E.right(rehearsal.right)
    const among = new Set(versions.right.map(({ event }) => event.data.ruleset.version))
    return record(
      opened.right,
      { ruleset, document, source, effectiveFrom, rehearsal: rehearsal.right, among },
      clock,
    )
  }
  return publish().finally(opened.right.close)
}

/** What is recorded of a version's rehearsal; null: the version is published already. */
const rehearsalFor = async (
  opened: OpenLedger,
  versions: ReadonlyArray<PublishedRuleset>,
  { ruleset: next, effectiveFrom, clock, by, unrehearsed, ...options }: PublishOptions,
): Promise<E.Either<AppError, RehearsalRecord | Unpublished | null>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  if (unrehearsed !== null && !Line.is(unrehearsed))
    return invalid(`the reason must be ${Line.name}`, 'unrehearsed')
  const checked = checkExpectations(options.expectations, next)
  if (E.isLeft(checked)) return invalid(checked.left, 'expect')
  if (versions.some(({ event }) => event.data.ruleset.version === next.version)) return E.right(null)
  const head = ledgerResult(await opened.ledger.head())
  if (E.isLeft(head)) return head
  const unrehearsedRecord: RehearsalRecord = { against: null, sequence: head.right.sequence, rules: {}, by }
  if (unrehearsed !== null) return E.right({ ...unrehearsedRecord, reason: unrehearsed })
  const inForceBy = (instant: number) => predecessorOf(versions, next, null, instant)
  const before = inForceBy(effectiveFrom ?? clock())
  if (E.isLeft(before)) return before
  // A version that takes effect before all others is not the first one: services may follow it from now on.
  const predecessor = before.right === null ? inForceBy(clock()) : before
  if (E.isLeft(predecessor)) return predecessor
  if (predecessor.right === null) return E.right(unrehearsedRecord)
  const rehearsed = await rehearseIn(opened, { ...options, next, predecessor: predecessor.right })
  if (E.isRight(rehearsed)) {
    return E.right(
      rehearsed.right.unexpected.length === 0
        ? recordOfRehearsal(rehearsed.right, options.expectations, by)
        : { kind: 'unexpected', rehearsed: rehearsed.right },
    )
  }
  switch (rehearsed.left.kind) {
    case 'no_service_events':
      // A ledger that only begins: nothing that a version could do wrong is known.
      return E.right(unrehearsedRecord)
    case 'no_evidence':
      return failed(
        `no evidence was recorded in the ${describeWindow(rehearsed.left.window)}, so ${next.version} cannot be rehearsed; ` +
          'give a longer time, or say why it is published without a rehearsal',
        'over',
        'unrehearsed',
      )
    default:
      return E.left(rehearsed.left)
  }
}

const record = async (
  { ledger }: OpenLedger,
  request: PublishRequest,
  clock: () => number,
): Promise<E.Either<AppError, Publishing>> => {
  const outcome = await publishRuleset(ledger, request, clock)
  if (E.isLeft(outcome)) {
    const { left } = outcome
    // Another process was faster, and rehearsed it, too: this document is what is published.
    if (left.kind === 'other_rehearsal') {
      return publishingOf(ledger, { kind: 'already_published', publication: left.publication })
    }
    const give =
      left.kind === 'ledger' || left.kind === 'busy' || left.kind === 'overtaken' ? failed : refused
    return give(describePublishError(left))
  }
  return publishingOf(ledger, outcome.right)
}

const publishingOf = async (
  ledger: OpenLedger['ledger'],
  { kind, publication }: PublishOutcome,
): Promise<E.Either<AppError, Publishing>> => {
  const found = ledgerResult(await withSequence(ledger, publication))
  return E.isLeft(found) ? found : E.right({ kind, publication: found.right })
}
