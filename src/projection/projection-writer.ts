import { listValue } from '@duckdb/node-api'
import * as E from '#fp/Either'
import type { Projection } from '../../projections/projection.ts'
import type { StoredEvent } from '../domain/event.ts'
import { instantOf } from '../domain/time.ts'
import type { Vault } from '../ledger/vault/vault.ts'
import { releaseMemory } from './duckdb.ts'
import { ProjectionFailure } from './errors.ts'
import type { EventBatch } from './events/batch.ts'
import { type AccountNumbers, insertEvents } from './events/insert.ts'
import { historyEvents } from './events/read.ts'
import { type DeclaredSignal, readSignalColumns, type SignalColumn } from './events/signals.ts'
import { addSignalColumns, HISTORY } from './events/tables.ts'
import { foldTouched } from './fold.ts'
import { readProjectionStates, writeCursor, writePoison, writeSequences } from './progress.ts'
import { publishedRulesets } from './published-rulesets.ts'
import { copyTouched, forgetTouched, touchAccounts, touchAll, touchSince } from './touched.ts'
import type { WorkingFile } from './working-file.ts'

/** Writes to a working file. Every function throws a `ProjectionFailure` if the database or the ledger fails. */
export type ProjectionWriter = {
  /** The sequence of the last event written; 0 before the first. */
  readonly sequence: () => number
  /** The signals that have columns. */
  readonly signals: () => ReadonlyArray<SignalColumn>
  /** Adds events to the history; the other projections follow with `fold`. */
  readonly take: (batch: EventBatch) => Promise<void>
  /** Folds the accounts and incidents that were touched since the last call. */
  readonly fold: (onAccounts: (done: number, total: number) => void) => Promise<void>
}

/** The number of events after which freed memory is released: that takes some 30 ms. */
const RELEASED = 100_000

type Published = StoredEvent<'ruleset.published.v1'>

/** Continues a working file: reads the rulesets that it knows, and rebuilds projections that are out of date. */
export const openProjectionWriter = async (
  { workspace, cursor, outdated }: WorkingFile,
  vault: Vault,
  projections: ReadonlyArray<Projection>,
  onAccounts: (done: number, total: number) => void,
): Promise<ProjectionWriter> => {
  const { read, write, evidence: evidenceConnection } = workspace
  const rulesets = publishedRulesets(vault)
  let signals = await readSignalColumns(read)
  const numbers: AccountNumbers = new Map()
  let sequence = cursor?.sequence ?? 0
  let releasedAt = sequence
  /** A transaction spans many batches: DuckDB writes small commits twice. */
  let inTransaction = false
  /** The insertion of the last batch's evidence. */
  let evidence = Promise.resolve()
  const begin = async (): Promise<void> => {
    if (!inTransaction) for (const connection of [write, evidenceConnection]) await connection.run('BEGIN')
    inTransaction = true
  }
  const commit = async (): Promise<void> => {
    await evidence
    if (inTransaction) for (const connection of [write, evidenceConnection]) await connection.run('COMMIT')
    inTransaction = false
  }

  const keyOf = ({ signal, type }: DeclaredSignal): string => `${signal} ${type}`
  const withColumn = new Set(signals.map(keyOf))
  const learn = async (publication: Published): Promise<void> => {
    const learnt = await rulesets.add(publication)
    if (E.isLeft(learnt)) throw new ProjectionFailure(learnt.left)
  }
  const addColumns = async (): Promise<void> => {
    const declared = rulesets.declared().filter((signal) => !withColumn.has(keyOf(signal)))
    if (declared.length === 0) return
    await commit()
    const added = await addSignalColumns(write, signals, declared)
    signals = [...signals, ...added]
    for (const signal of added) withColumn.add(keyOf(signal))
  }

  const foldProjections = async (
    chosen: ReadonlyArray<Projection>,
    onDone: typeof onAccounts,
  ): Promise<void> => {
    // Committed so that the other connection can read it.
    await commit()
    await releaseMemory(write)
    const touched = await copyTouched(workspace)
    const states = await readProjectionStates(write)
    const sound = chosen.filter(({ name }) => states.get(name)?.isPoisoned === false)
    await begin()
    const poisons = await foldTouched(workspace, touched, sound, rulesets.named, onDone)
    const poisoned = new Set(poisons.map(({ projection }) => projection))
    await writeSequences(
      write,
      sound.map(({ name }) => name).filter((name) => !poisoned.has(name)),
      sequence,
    )
    for (const poison of poisons) await writePoison(write, poison)
    await forgetTouched(write)
    await commit()
  }

  const publications = { where: "type = 'ruleset.published.v1'", orderBy: 'sequence' }
  for await (const chunk of historyEvents(read, 'actions', publications)) {
    for (const { event } of chunk) if (event.type === 'ruleset.published.v1') await learn(event)
  }
  await addColumns()
  if (outdated.length > 0) {
    await touchAll(write, outdated)
    await foldProjections(outdated, onAccounts)
  }

  return {
    sequence: () => sequence,
    signals: () => signals,
    take: async (batch) => {
      const last = batch.last()
      if (last === null) return
      for (const publication of batch.publications) await learn(publication)
      await addColumns()
      const before = sequence
      const next = last.recorded.sequence
      await begin()
      evidence = (await insertEvents(workspace, batch, signals, numbers, evidence)).evidence
      await writeCursor(write, {
        sequence: next,
        position: last.recorded.position,
        leaf: last.recorded.leafHash,
        recordedAt: instantOf(last.event.recordedat),
      })
      await writeSequences(write, [HISTORY], next)
      sequence = next
      if (next - releasedAt >= RELEASED) {
        await releaseMemory(write)
        releasedAt = next
      }
      await touchSince(write, before)
      const versions = batch.publications.map(({ data }) => data.ruleset)
      if (versions.length === 0) return
      // Only now is it known what their strikes are worth.
      await touchAccounts(
        write,
        `SELECT DISTINCT account_no FROM actions
          SEMI JOIN (SELECT unnest($1::VARCHAR[]) AS ruleset, unnest($2::VARCHAR[]) AS ruleset_version)
            USING (ruleset, ruleset_version)
          WHERE type = 'flag.raised.v1'`,
        [listValue(versions.map(({ id }) => id)), listValue(versions.map(({ version }) => version))],
      )
    },
    fold: (onDone) => foldProjections(projections, onDone),
  }
}
