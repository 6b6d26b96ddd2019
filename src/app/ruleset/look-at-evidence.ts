import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { rehearseColumns } from '../../incidents/rehearsal/columnar/rehearse-columns.ts'
import { collectRehearsal } from '../../incidents/rehearsal/reference/rehearse-events.ts'
import type { Question, Rehearsal } from '../../incidents/rehearsal/rehearsal.ts'
import { isServiceEvent } from '../../incidents/rehearsal/service-event.ts'
import { windowBefore } from '../../incidents/rehearsal/window.ts'
import type { OpenLedger } from '../../ledger/open.ts'
import { readDecoded } from '../../ledger/read.ts'
import { describeProjectionError } from '../../projection/errors.ts'
import { describeNotInSql } from '../../replay/columnar/fired.ts'
import type { ColumnarSource } from '../../replay/columnar/source.ts'
import { type AppError, failed } from '../error.ts'
import { type ColumnsUnusable, type ColumnsWanted, columnsOrLedger } from '../replay/columns.ts'
import { ledgerResult } from '../results.ts'

export type LookAtEvidence = Omit<ColumnsWanted, 'at'> & {
  readonly question: Question
  /** How long before the last event of a service, in ms. */
  readonly over: number
}

/** A rehearsal, as of a sequence; null: no service has recorded anything. */
type Looked = { readonly rehearsal: Rehearsal | null; readonly sequence: number }

/** Rehearses over the projections or, where they cannot be used, over the ledger alone. The result is the same. */
export const lookAtEvidence = (
  opened: Pick<OpenLedger, 'ledger' | 'vault'>,
  options: LookAtEvidence,
): Promise<E.Either<AppError, Looked>> => {
  return columnsOrLedger(
    opened,
    { ...options, at: null },
    (source) => fromColumns(source, options),
    () => fromLedger(opened, options),
  )
}

const fromColumns = async (
  source: ColumnarSource,
  { question, over }: LookAtEvidence,
): Promise<E.Either<AppError | ColumnsUnusable, Looked>> => {
  const rehearsed = await rehearseColumns(source, question, over)
  if (E.isRight(rehearsed)) return E.right({ rehearsal: rehearsed.right, sequence: source.sequence })
  return rehearsed.left.kind === 'not_in_sql'
    ? E.left({ kind: 'unusable', reason: describeNotInSql(rehearsed.left) })
    : failed(describeProjectionError(rehearsed.left))
}

/** Reads the ledger twice: the window depends on the last event of a service. */
const fromLedger = async (
  { ledger }: Pick<OpenLedger, 'ledger'>,
  { question, over, onProgress }: LookAtEvidence,
): Promise<E.Either<AppError, Looked>> => {
  const head = ledgerResult(await ledger.head())
  if (E.isLeft(head)) return head
  const { sequence } = head.right
  let done = 0
  const eachEvent = async (onEvent: (event: StoredEvent) => void): Promise<E.Either<AppError, void>> => {
    for await (const page of readDecoded(ledger, ledger.readAll(null, { until: sequence }))) {
      if (E.isLeft(page)) return ledgerResult(page)
      for (const { event } of page.right) onEvent(event)
      done += page.right.length
      onProgress(done, 2 * sequence)
    }
    return E.right(undefined)
  }
  let last: number | null = null
  const first = await eachEvent((event) => {
    if (isServiceEvent(event)) last = Math.max(last ?? Number.NEGATIVE_INFINITY, instantOf(event.time))
  })
  if (E.isLeft(first)) return first
  if (last === null) return E.right({ rehearsal: null, sequence })
  const collection = collectRehearsal(question, windowBefore(last, over))
  const second = await eachEvent(collection.add)
  return E.isLeft(second) ? second : E.right({ rehearsal: collection.finish(), sequence })
}
