import * as E from '#fp/Either'
import {
  describePublishError,
  type PublishOutcome,
  type PublishRequest,
  publishRuleset,
} from '../../ingest/pipeline/publish-ruleset.ts'
import { openLedger } from '../../ledger/open.ts'
import type { Ledger } from '../../ledger/port.ts'
import { type SequencedPublication, withSequence } from '../../ledger/rulesets.ts'
import { type AppError, failed, refused } from '../error.ts'
import { ledgerResult } from '../results.ts'
import type { RecordingPlace } from '../stores.ts'

export type PublishOptions = RecordingPlace & PublishRequest

/** The publication that the ledger holds, from this call or an earlier one. */
export type Publishing = {
  readonly kind: PublishOutcome['kind']
  readonly publication: SequencedPublication
}

/** Records a version of a ruleset with its document, once; fails if the ledger has another document for that version. */
export const publishVersion = async ({
  data,
  ledger: cluster,
  clock,
  acceptClock = false,
  ...request
}: PublishOptions): Promise<E.Either<AppError, Publishing>> => {
  const opened = ledgerResult(await openLedger(data, { cluster, clock, acceptClock }))
  if (E.isLeft(opened)) return opened
  const { ledger, close } = opened.right
  return publish(ledger, request, clock).finally(close)
}

const publish = async (
  ledger: Ledger,
  request: PublishRequest,
  clock: () => number,
): Promise<E.Either<AppError, Publishing>> => {
  const outcome = await publishRuleset(ledger, request, clock)
  if (E.isLeft(outcome)) {
    const { left } = outcome
    const give = left.kind === 'ledger' || left.kind === 'busy' ? failed : refused
    return give(describePublishError(left))
  }
  const found = ledgerResult(await withSequence(ledger, outcome.right.publication))
  if (E.isLeft(found)) return found
  return E.right({ kind: outcome.right.kind, publication: found.right })
}
