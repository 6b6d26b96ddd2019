import { rowsOf } from '../../../projection/duckdb.ts'
import { ACCOUNT_AGE, ageBandSql, ageType } from '../account-age.ts'
import type { RehearsedRule } from '../rehearsal.ts'
import type { RulePair } from '../rule-pairs.ts'
import { tallyRule } from '../tally.ts'
import { truthFrom, truthSql } from './conditions.ts'
import { drawEvidenceFor } from './drawn.ts'
import { inWindowSql, type Looking, sourcesOf } from './looking.ts'

/** What is counted of all evidence in the window, whether a rule fires on it or not. */
export type Totals = {
  readonly flags: number
  readonly evaluations: number
  /** By rule: how often neither version is unknown. */
  readonly known: ReadonlyArray<number>
  /** By signal that the new version declares: how often it has no value that fits. */
  readonly lacking: ReadonlyArray<number>
}

export const countAll = async (looking: Looking): Promise<Totals> => {
  const { connection, question, window, pairs, signal } = looking
  const signals = [...question.next.signals].map(([name, type]) => `count(*) - count(${signal(name, type)})`)
  const counted: number[][] = []
  for (const { from, written } of sourcesOf(looking)) {
    const known = pairs.map((pair) => {
      const { was, now } = truthSql(pair, written)
      return was === now ? `count(${now})` : `count(if(${was} IS NOT NULL AND ${now} IS NOT NULL, 1, NULL))`
    })
    const figures = ['count(*)', ...known, ...signals].map((figure) => `(${figure})::DOUBLE`)
    const [row = []] = await rowsOf(
      connection,
      `SELECT ${figures.join(', ')} FROM ${from} AND ${inWindowSql(window)}`,
    )
    counted.push(row.map(Number))
  }
  const [flags = [], evaluations = []] = counted
  const sums = flags.map((number, place) => number + (evaluations[place] ?? 0)).slice(1)
  return {
    flags: flags[0] ?? 0,
    evaluations: evaluations[0] ?? 0,
    known: sums.slice(0, pairs.length),
    lacking: sums.slice(pairs.length),
  }
}

/** What a rehearsal says of a rule, of which one version is unknown in `unknown` pieces of evidence. */
export const rehearseRule = async (
  looking: Looking,
  pair: RulePair,
  unknown: number,
): Promise<RehearsedRule> => {
  const { connection, question, window, signal } = looking
  const type = ageType(question.old, question.next)
  const age = type === null ? 'NULL' : ageBandSql(signal(ACCOUNT_AGE, type))
  const tally = tallyRule(pair)
  for (const { from, written } of sourcesOf(looking)) {
    const { was, now } = truthSql(pair, written)
    const fires = was === now ? now : `(${was} OR ${now})`
    const rows = await rowsOf(
      connection,
      `SELECT ${was}, ${now}, detector, detector_version, ${age}, count(*)::DOUBLE
        FROM ${from} AND ${inWindowSql(window)} AND ${fires} GROUP BY ALL`,
    )
    for (const [a, b, detector, version, band, number] of rows) {
      tally.add(
        { was: truthFrom(a), now: truthFrom(b) },
        {
          detector: { id: String(detector), version: String(version) },
          age: band === null ? null : String(band),
        },
        Number(number),
      )
    }
  }
  return tally.finish(await drawEvidenceFor(looking, pair), unknown)
}
