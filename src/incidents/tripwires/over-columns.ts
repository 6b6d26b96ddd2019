import type { DuckDBConnection } from '@duckdb/node-api'
import * as E from '#fp/Either'
import type { EventType, StoredEvent } from '../../domain/event.ts'
import { sqlText } from '../../foundation/sql.ts'
import type { LedgerError } from '../../ledger/port.ts'
import { rowsOf } from '../../projection/duckdb.ts'
import { accountsOf, historyEvents, recordedAction } from '../../projection/events/read.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import { decisionFacts, type Facts, machineDecision, publicationFacts } from './facts.ts'
import type { TrippedWire } from './tripwire.ts'
import { openTripwires, type PassingStep, type TripwireStep } from './tripwires.ts'

/** Compiles the documents with these hashes. */
export type CompilePublished = (
  hashes: ReadonlySet<string>,
) => Promise<E.Either<LedgerError, ReadonlyMap<string, Ruleset>>>

const DAY = 86_400_000
/** How far back what still counts can lie: what was recorded 15 minutes before the hour. */
const REACH = 75 * 60_000

/** What the wires look at; of all other events they need the source and the time of recording. */
const LOOKED_AT = [
  'flag.raised.v1',
  'account.deactivated.v1',
  'content.removed.v1',
  'ruleset.published.v1',
] as const satisfies ReadonlyArray<EventType>

/**
 * The wires that were set off in the last 24 hours of the ledger's clock, as far as the published projections go and as of a
 * moment (ms): what a fold over the whole ledger returns, from the events of that time alone.
 */
export const tripwiresOfDay = async (
  connection: DuckDBConnection,
  compile: CompilePublished,
  asOf: number,
): Promise<E.Either<LedgerError, ReadonlyArray<TrippedWire>>> => {
  const span = await spanBefore(connection, asOf)
  if (span === null) return E.right([])
  const publications = await publicationsUpTo(connection, compile, span.last)
  if (E.isLeft(publications)) return publications
  const facts = await factsOfDecisions(connection, span)
  for (const step of publications.right) facts.set(step.sequence, step.facts)
  const wires = openTripwires()
  for (const step of publications.right) if (step.sequence < span.first) wires.take(step)
  const tripped: TrippedWire[] = []
  for await (const step of stepsOf(connection, span)) {
    const more =
      'event' in step ? wires.take({ ...step, facts: facts.get(step.sequence) ?? null }) : wires.pass(step)
    for (const one of more) if (one.at > span.since) tripped.push(one)
  }
  return E.right(tripped)
}

type Span = { readonly since: number; readonly first: number; readonly last: number }

/** The last 24 hours before a moment, and the sequences that matter for them; null: nothing was recorded by then. */
const spanBefore = async (connection: DuckDBConnection, asOf: number): Promise<Span | null> => {
  const [latest] = await rowsOf(
    connection,
    `SELECT epoch_ms(max(recorded_at))::DOUBLE, max(sequence)::DOUBLE FROM events
      WHERE recorded_at <= epoch_ms($1::BIGINT)`,
    [asOf],
  )
  if (latest?.[0] == null) return null
  const since = Number(latest[0]) - DAY
  // A wire may be set off again on each day, so the day in which they begin is folded from its start.
  const start = Math.floor(since / DAY) * DAY - REACH
  const [earliest] = await rowsOf(
    connection,
    'SELECT min(sequence)::DOUBLE FROM events WHERE recorded_at >= epoch_ms($1::BIGINT)',
    [start],
  )
  return { since, first: Number(earliest?.[0]), last: Number(latest[1]) }
}

type PublicationStep = TripwireStep & { readonly facts: Facts }

/** All publications of rulesets up to a sequence: what is known of a version does not grow old. */
const publicationsUpTo = async (
  connection: DuckDBConnection,
  compile: CompilePublished,
  last: number,
): Promise<E.Either<LedgerError, ReadonlyArray<PublicationStep>>> => {
  const found: { readonly sequence: number; readonly event: StoredEvent<'ruleset.published.v1'> }[] = []
  const where = `type = 'ruleset.published.v1' AND sequence <= ${last}`
  for await (const chunk of historyEvents(connection, 'actions', { where, orderBy: 'sequence' })) {
    for (const { sequence, event } of chunk) {
      if (event.type === 'ruleset.published.v1') found.push({ sequence, event })
    }
  }
  const compiled = await compile(new Set(found.map(({ event }) => event.data.documentSha256)))
  return E.map((documents: ReadonlyMap<string, Ruleset>) =>
    found.flatMap(({ sequence, event }) => {
      const ruleset = documents.get(event.data.documentSha256)
      return ruleset === undefined ? [] : [{ sequence, event, facts: publicationFacts(ruleset) }]
    }),
  )(compiled)
}

/** The facts about the decisions of machines in a span, by their sequences. */
const factsOfDecisions = async (
  connection: DuckDBConnection,
  { first, last }: Span,
): Promise<Map<number, Facts>> => {
  const facts = new Map<number, Facts>()
  const decided = `SELECT account_no FROM actions
    WHERE sequence BETWEEN ${first} AND ${last} AND decided_by_kind <> 'human'`
  const where = `account_no IN (${decided}) AND sequence <= ${last}`
  for await (const account of accountsOf(connection, { where })) {
    const before: StoredEvent[] = []
    for (const { sequence, event } of account) {
      const decision = sequence < first ? null : machineDecision(event)
      if (decision !== null) facts.set(sequence, decisionFacts(decision, before))
      before.push(event)
    }
  }
  return facts
}

/** The events of a span, in order. */
async function* stepsOf(
  connection: DuckDBConnection,
  { first, last }: Span,
): AsyncGenerator<PassingStep | Pick<TripwireStep, 'sequence' | 'event'>> {
  for (let from = first; from <= last; from += PAGE) {
    const rows = await rowsOf(
      connection,
      `SELECT sequence::DOUBLE, source, epoch_ms(recorded_at)::DOUBLE, backfill,
          CASE WHEN type IN (${LOOKED_AT.map(sqlText).join(', ')}) THEN event END
        FROM events WHERE sequence BETWEEN ${from} AND ${Math.min(last, from + PAGE - 1)} ORDER BY sequence`,
    )
    for (const [number, source, recordedAt, backfill, text] of rows) {
      const sequence = Number(number)
      yield text === null
        ? { sequence, source: String(source), recordedAt: Number(recordedAt), isBackfill: backfill === true }
        : { sequence, event: recordedAction(String(text)) }
    }
  }
}

/** How many events are in memory at once. */
const PAGE = 20_000
