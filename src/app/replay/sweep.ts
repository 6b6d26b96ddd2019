import * as E from '#fp/Either'
import type { OpenLedger } from '../../ledger/open.ts'
import { neededDocument } from '../../ledger/vault/needed-document.ts'
import { publishedColumns } from '../../replay/columnar/over-columns.ts'
import { sweepColumns } from '../../replay/columnar/sweep-columns.ts'
import type { History } from '../../replay/model/history.ts'
import type { Loaded } from '../../replay/model/load.ts'
import { rulesetsInForce } from '../../replay/model/versions.ts'
import { evidenceWantedBy, evidenceWantedByAny } from '../../replay/reference/sightings.ts'
import type { Window } from '../../replay/result/replay.ts'
import type { SweepExpression } from '../../replay/sweep/expression.ts'
import { collectSweep } from '../../replay/sweep/judge-sweep.ts'
import { type SweepReport, type SweepReportSource, sweepReport } from '../../replay/sweep/report.ts'
import { outermost, type RulesetSource, type Sweep, sweepOf } from '../../replay/sweep/sweep.ts'
import { writeSweep } from '../../replay/sweep/write.ts'
import { type AppError, invalid, notFound } from '../error.ts'
import { periodError } from '../period.ts'
import { fileResult, ledgerResult } from '../results.ts'
import { columnsError, type EngineOptions, withEngine } from './engine.ts'
import { loadWanted, openingForReplay } from './load.ts'

export type SweepOptions = EngineOptions & {
  readonly expression: SweepExpression
  /** The ruleset whose threshold is tried; null: the one in force at the end of the history that has the rule. */
  readonly ruleset: RulesetSource | null
  /** Which decisions are counted; all of them are judged. */
  readonly window: Window
  /** The folder for the files, created if missing; null: none are written. */
  readonly folder: string | null
}

/** Judges every recorded decision again at each threshold of a sweep, in one pass over the history. */
export const sweepLedger = async (options: SweepOptions): Promise<E.Either<AppError, SweepReport>> => {
  const { window, folder } = options
  const error = periodError(window.from, window.to)
  if (error !== null) return E.left(error)
  const swept = await openingForReplay(options, (opened) => sweepIn(opened, options))
  if (E.isLeft(swept)) return swept
  const report = sweepReport({ ...swept.right, window })
  if (folder === null) return E.right(report)
  const written = fileResult(await writeSweep(folder, report))
  return E.isLeft(written) ? written : E.right(report)
}

type Swept = Omit<SweepReportSource, 'window'>

const sweepIn = (opened: OpenLedger, options: SweepOptions): Promise<E.Either<AppError, Swept>> =>
  withEngine<Swept>(
    opened,
    options,
    async ({ source, options: columnar }) => {
      const sweep = await sweepFor(opened, options, async () => {
        const published = await publishedColumns(source, columnar.documents)
        return E.isLeft(published) ? columnsError(published.left) : published
      })
      if (E.isLeft(sweep)) return sweep
      const { window } = options
      const swept = await sweepColumns(source, { sweep: sweep.right, window, ...columnar })
      if (E.isLeft(swept)) return columnsError(swept.left)
      const { sequence } = source
      return E.right({ sweep: sweep.right, ...swept.right, engine: 'columnar', sequence })
    },
    () => fromLedger(opened, options),
  )

/** Loads the history, and judges it at each step. */
const fromLedger = async (opened: OpenLedger, options: SweepOptions): Promise<E.Either<AppError, Swept>> => {
  const sweep = await sweepFor(opened, options, async () => {
    // Only then it is known which evidence is needed.
    const published = await loadWanted(opened, evidenceWantedBy(null), options)
    return E.map(({ history }: Loaded) => history)(published)
  })
  if (E.isLeft(sweep)) return sweep
  const loaded = await loadWanted(opened, evidenceWantedByAny(outermost(sweep.right)), options)
  if (E.isLeft(loaded)) return loaded
  const { history, sequence, leftOut, cut } = loaded.right
  options.onRead(cut)
  const collection = collectSweep(sweep.right, options.window)
  collection.add(history)
  return E.right({
    ...{ sweep: sweep.right, counts: collection.finish(), history, sequence },
    ...{ engine: 'reference', damaged: leftOut.damaged },
  })
}

/** The published versions of all rulesets, and the end of the history. */
type PublishedVersions = Pick<History, 'versions' | 'end'>

/** The sweep of the ruleset that was given or else of a published one. */
const sweepFor = async <L>(
  opened: OpenLedger,
  { ruleset, expression }: SweepOptions,
  readPublished: () => Promise<E.Either<L, PublishedVersions>>,
): Promise<E.Either<L | AppError, Sweep>> => {
  if (ruleset !== null) return madeOf(ruleset, expression)
  const published = await readPublished()
  if (E.isLeft(published)) return published
  const inForce = await rulesetInForce(opened, expression.rule, published.right)
  return E.isLeft(inForce) ? inForce : madeOf(inForce.right, expression)
}

const madeOf = (source: RulesetSource, expression: SweepExpression): E.Either<AppError, Sweep> => {
  const sweep = sweepOf(expression, source)
  return E.isLeft(sweep) ? invalid(sweep.left, 'sweep') : sweep
}

/** The ruleset in force at the end of a history that has a rule, with its document. */
const rulesetInForce = async (
  { vault }: OpenLedger,
  ruleId: string,
  { versions, end }: PublishedVersions,
): Promise<E.Either<AppError, RulesetSource>> => {
  const inForce = end === null ? [] : rulesetsInForce(versions, end)
  const having = inForce.filter(({ rules }) => rules.some(({ id }) => id === ruleId))
  const [ruleset] = having
  if (ruleset === undefined) return notFound(`no ruleset in force has a rule ${ruleId}; give one`, 'ruleset')
  if (having.length > 1) {
    const ids = having.map(({ id }) => id).join(', ')
    return invalid(`several rulesets in force have a rule ${ruleId}: ${ids}; give one`, 'ruleset')
  }
  const text = ledgerResult(await neededDocument(vault, ruleset.sha256))
  return E.isLeft(text) ? text : E.right({ ruleset, document: JSON.parse(text.right) })
}
