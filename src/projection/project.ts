import { setFlagsFromString } from 'node:v8'
import * as E from '#fp/Either'
import type { Projection } from '../../projections/projection.ts'
import type { DamagedStream } from '../ledger/damaged-stream.ts'
import { type LeftOut, leaveOut, nothingLeftOut } from '../ledger/leave-out.ts'
import type { OpenLedger } from '../ledger/open.ts'
import type { ReadOptions } from '../ledger/port.ts'
import { asFailure } from './duckdb.ts'
import { type ProjectionError, ProjectionFailure } from './errors.ts'
import { publishCopy, publishFile, refuseLink, removeLeftovers } from './files.ts'
import type { Poison } from './fold.ts'
import { gather } from './gather.ts'
import { lockProjections, type ProjectionLock } from './lock.ts'
import { readPoisons, writeVocabulary } from './progress.ts'
import { openProjectionWriter, type ProjectionWriter } from './projection-writer.ts'
import { openWorkingFile, type WorkingFile } from './working-file.ts'

export type ProjectOptions = {
  /** Continues with what is appended later, until the signal aborts. */
  readonly follow: boolean
  /** Rebuilds everything even if what is published could be resumed. */
  readonly rebuild: boolean
  /** Continues without the accounts of damaged streams. */
  readonly withoutDamaged?: boolean
  /** Ends the run: with `follow`, after what was read is published; otherwise at once, leaving what was published before. */
  readonly signal: AbortSignal
  readonly watch: Watch
}

/** Callbacks that report how the run is going. */
export type Watch = {
  /** Why everything is rebuilt (null: it is not), and the first range of sequences that it reads. */
  readonly onBegin: (rebuilt: string | null, from: number, head: number) => void
  readonly onRead: (sequence: number, head: number) => void
  readonly onFold: (accounts: number, of: number) => void
  readonly onPoison: (poison: Poison) => void
  readonly onPublish: (sequence: number) => void
}

/** The result of a run. */
export type Projected = {
  /** The sequence that the published file is as of. */
  readonly sequence: number
  /** Events read in this run. */
  readonly events: number
  readonly rebuilt: string | null
  /** Projections that were rebuilt from the history, because they or their versions are new. */
  readonly renewed: ReadonlyArray<string>
  /** Projections that are halted. */
  readonly poisons: ReadonlyArray<Poison>
  /** The run was stopped before it caught up: nothing new is published. */
  readonly isStopped: boolean
  /** What was left out because its streams in the ledger are damaged. */
  readonly leftOut: {
    readonly accounts: ReadonlyArray<string>
    readonly streams: ReadonlyArray<DamagedStream>
  }
  /** Streams that were deleted or truncated, but of which no event that was read is missing. */
  readonly cut: ReadonlyArray<DamagedStream>
}

/**
 * V8 collects garbage once its heap has grown by this share (%). Otherwise it lets the heap grow to several times what
 * is in use. With 40, a rebuild takes 20 MB less and 5 % more CPU time.
 */
const HEAP_GROWTH = 100
/** With `follow`, new events are published this often, in ms; but copying takes at most a twentieth of the time. */
const PUBLISH_EVERY = 10_000
const PUBLISH_SHARE = 20

/**
 * Brings the projections of a data folder up to the ledger's head and publishes them; one process at a time. If it is
 * killed at any moment, what was published before stays intact, and the next run resumes from there.
 */
export const project = async (
  dataDir: string,
  { ledger, vault }: Pick<OpenLedger, 'ledger' | 'vault'>,
  projections: ReadonlyArray<Projection>,
  options: ProjectOptions,
): Promise<E.Either<ProjectionError, Projected>> => {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`)
  try {
    const lock = lockProjections(dataDir)
    try {
      refuseLink(dataDir)
      for (let leftOut = nothingLeftOut; ; ) {
        removeLeftovers(dataDir)
        const projected = await projectWithout(
          leftOut,
          { dataDir, lock },
          { ledger, vault },
          projections,
          options,
        )
        if (E.isRight(projected) || options.withoutDamaged !== true) return projected
        const error = projected.left
        if (error.kind !== 'stream_damaged' || error.streams.length === 0) return projected
        const more = leaveOut(leftOut, error.streams)
        if (E.isLeft(more)) return more
        leftOut = more.right
      }
    } finally {
      if (E.isRight(lock.held())) removeLeftovers(dataDir)
      lock.release()
    }
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}

/** Where projections are published, locked for this process. */
type Into = { readonly dataDir: string; readonly lock: ProjectionLock }

/** One run that leaves out some accounts, from the first event on. */
const projectWithout = async (
  leftOut: LeftOut,
  into: Into,
  { ledger, vault }: Pick<OpenLedger, 'ledger' | 'vault'>,
  projections: ReadonlyArray<Projection>,
  options: ProjectOptions,
): Promise<E.Either<ProjectionError, Projected>> => {
  try {
    const begun = await openWorkingFile(
      into.dataDir,
      ledger,
      projections,
      options.rebuild || leftOut !== nothingLeftOut,
    )
    const over = new AbortController()
    try {
      const head = await ledger.head()
      if (E.isLeft(head)) return head
      options.watch.onBegin(begun.rebuilt, begun.cursor?.sequence ?? 0, head.right.sequence)
      const work = await openProjectionWriter(begun, vault, projections, options.watch.onFold)
      return E.right(
        await run({
          into,
          begun,
          work,
          ledger,
          head: head.right.sequence,
          options,
          over: over.signal,
          leftOut,
        }),
      )
    } finally {
      over.abort()
      await begun.workspace.close()
    }
  } catch (error) {
    const failure = asFailure(error)
    if (failure instanceof ProjectionFailure) return E.left(failure.error)
    throw failure
  }
}

/** A run under way. */
type Run = {
  readonly into: Into
  readonly begun: WorkingFile
  readonly work: ProjectionWriter
  readonly ledger: OpenLedger['ledger']
  /** The ledger's last sequence when the run started. */
  readonly head: number
  readonly options: ProjectOptions
  /** Aborted when the run ends, however it does. */
  readonly over: AbortSignal
  readonly leftOut: LeftOut
}

const run = async ({
  into: { dataDir, lock },
  begun: { workspace, file, cursor, rebuilt, outdated },
  work,
  ledger,
  head,
  options: { follow, signal, watch },
  over,
  leftOut,
}: Run): Promise<Projected> => {
  const from = cursor?.sequence ?? 0
  const after = cursor?.position ?? null
  const cut: DamagedStream[] = []
  const reading: ReadOptions = { without: leftOut.streams, onCut: (stream) => cut.push(stream) }
  const pages = follow
    ? ledger.follow(after, AbortSignal.any([signal, over]), reading)
    : ledger.readAll(after, reading)
  const gathering = gather(ledger, pages, over, work.signals)
  const reported = new Set<string>()
  let publishedAt = rebuilt === null && outdated.length === 0 ? from : -1
  let nextPublish = 0

  const assertHeld = (): void => {
    const held = lock.held()
    if (E.isLeft(held)) throw new ProjectionFailure(held.left)
  }
  const complete = async (): Promise<void> => {
    // Asked after the events were read: by then the ledger's vocabulary is at least what they need.
    const vocabulary = await ledger.vocabulary()
    if (E.isLeft(vocabulary)) throw new ProjectionFailure(vocabulary.left)
    await writeVocabulary(workspace.write, vocabulary.right)
    await workspace.write.run('CHECKPOINT')
  }
  const publish = async (): Promise<void> => {
    await complete()
    assertHeld()
    const took = await publishCopy(file, dataDir)
    publishedAt = work.sequence()
    nextPublish = performance.now() + Math.max(PUBLISH_EVERY, PUBLISH_SHARE * took)
    watch.onPublish(publishedAt)
  }
  const reportPoisons = async (): Promise<ReadonlyArray<Poison>> => {
    const poisons = await readPoisons(workspace.write)
    for (const poison of poisons) if (!reported.has(poison.projection)) watch.onPoison(poison)
    for (const { projection } of poisons) reported.add(projection)
    return poisons
  }

  for (;;) {
    const behind = head - work.sequence()
    const isDue = behind <= 0 && publishedAt !== work.sequence()
    const patience = isDue ? Math.max(nextPublish - performance.now(), 0) : Number.POSITIVE_INFINITY
    const gathered = await gathering.take(Math.max(behind, 1), patience)
    if (gathered.kind === 'failed') throw new ProjectionFailure(gathered.error)
    const isCaughtUp = work.sequence() >= head
    if (signal.aborted && !(follow && isCaughtUp)) break
    await work.take(gathered.batch)
    watch.onRead(work.sequence(), Math.max(head, work.sequence()))
    if (work.sequence() < head && !gathered.ended) continue
    await work.fold(watch.onFold)
    await reportPoisons()
    if (gathered.ended) break
    if (performance.now() >= nextPublish && publishedAt !== work.sequence()) await publish()
  }

  const isStopped = signal.aborted && work.sequence() < head
  const poisons = await reportPoisons()
  if (!isStopped && publishedAt !== work.sequence()) {
    await complete()
    await workspace.close()
    assertHeld()
    publishFile(file, dataDir)
    publishedAt = work.sequence()
    watch.onPublish(publishedAt)
  }
  return {
    sequence: Math.max(publishedAt, 0),
    events: work.sequence() - from,
    rebuilt,
    renewed: outdated.map(({ name }) => name),
    poisons,
    isStopped,
    leftOut: { accounts: leftOut.accounts, streams: leftOut.damaged },
    cut,
  }
}
