import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import * as E from '#fp/Either'
import { table } from '../../src/cli/table.ts'
import { rehearseColumns } from '../../src/incidents/rehearsal/columnar/rehearse-columns.ts'
import { rowsOf } from '../../src/projection/duckdb.ts'
import { readSignalColumns } from '../../src/projection/events/signals.ts'
import { readProjectionCursor } from '../../src/projection/progress.ts'
import { replayColumns } from '../../src/replay/columnar/replay-columns.ts'
import type { ColumnarSource } from '../../src/replay/columnar/source.ts'
import { sweepColumns } from '../../src/replay/columnar/sweep-columns.ts'
import type { Ruleset } from '../../src/rulesets/ruleset.ts'
import { createHistoryViews } from '../replay/columnar/history-views.ts'
import {
  corrections,
  GUIDELINES,
  publishedDocuments,
  rightRuleset,
  sweep,
  versions,
} from './columnar/rulesets.ts'
import { type Measured, measuredFile, median } from './measure.ts'

/**
 * `node test/bench/columns.ts [--runs N] FILE...`: replays over published projections that `history.ts` has written, each
 * in a process of its own: everything judged, a base made and brought forward, corrections over it, rehearsals, and next to them, as the
 * limit, hand-written SQL for the decisions whose flags fail the new condition. Prints medians, CPU time and peak memory.
 */
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, case: { type: 'string' }, base: { type: 'string' } },
  allowPositionals: true,
})

const LIMIT = `SELECT count(DISTINCT decision_id)
  FROM (SELECT decision_id, unnest(grounds) AS flag_id FROM h_actions
    WHERE type IN ('account.deactivated.v1', 'content.removed.v1'))
  SEMI JOIN (SELECT flag_id FROM h_actions WHERE type = 'flag.raised.v1' AND rule = 'adult.explicit'
    AND NOT coalesce(signal_adult_score_double >= 0.985, false)) USING (flag_id)`

/** How many events came after the base that is brought forward. */
const LATER = 100_000
const SHORT = 'base made of all but 100,000 events'
const FORWARD = 'base brought forward, then a changed threshold'

/** The views of a source over a generated file, whose cursor is of no ledger: of all its events, or of all but the last `without`. */
const openGenerated = async (file: string, without: number): Promise<ColumnarSource> => {
  const instance = await DuckDBInstance.create(file, {
    access_mode: 'READ_ONLY',
    memory_limit: '2GB',
    temp_directory: join(tmpdir(), 'redress-bench-spilled'),
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const whole = await readProjectionCursor(connection)
  const sequence = (whole?.sequence ?? 0) - without
  await createHistoryViews(connection, without === 0 ? undefined : sequence)
  const [counted] = await rowsOf(
    connection,
    'SELECT (SELECT count(*) FROM h_actions)::DOUBLE, (SELECT count(*) FROM h_evaluations)::DOUBLE',
  )
  const events = { actions: Number(counted?.[0]), evidence: Number(counted?.[1]) }
  const projected = whole === null ? null : { ...whole, sequence }
  const close = (): void => {
    connection.closeSync()
    instance.closeSync()
  }
  return {
    ...{ connection, events, projected, close },
    sequence,
    signalColumns: await readSignalColumns(connection),
  }
}

type Line = Readonly<Record<'file' | 'name' | 'seconds' | 'cpu' | 'mb', string>>

const always = { from: null, to: null }

/** What is measured, in this order: each over the base that the one before it left. */
const cases: Readonly<Record<string, keyof typeof corrections | 'sweep' | 'week' | 'ever' | null>> = {
  'everything judged': 'threshold',
  [SHORT]: 'threshold',
  [FORWARD]: 'threshold',
  'changed threshold': 'threshold',
  'nine faults': 'nineFaults',
  'the rules as they were': 'asTheyWere',
  'forty thresholds': 'sweep',
  'rehearsal over seven days': 'week',
  'rehearsal over everything': 'ever',
  'hand-written SQL': null,
}

const versionNamed = (version: string): Ruleset | undefined =>
  [...publishedDocuments.values()].find((one) => one.id === GUIDELINES && one.version === version)

const rehearsal = { old: versionNamed(versions[3].version) ?? null, next: rightRuleset, sample: 20 }

const runCase = async (name: string, file: string, base: string): Promise<void> => {
  const source = await openGenerated(file, name === SHORT ? LATER : 0)
  try {
    const chosen = cases[name] ?? null
    if (chosen === null) {
      await rowsOf(source.connection, LIMIT)
      return
    }
    const started = performance.now()
    const tell = (found: string): void => {
      const seconds = ((performance.now() - started) / 1000).toFixed(2)
      process.stdout.write(`${name}: ${found}, ${seconds} s from the opened file\n`)
    }
    if (chosen === 'week' || chosen === 'ever') {
      const over = (chosen === 'week' ? 7 : 36_500) * 86_400_000
      const rehearsed = await rehearseColumns(source, rehearsal, over)
      if (E.isLeft(rehearsed)) throw new Error(JSON.stringify(rehearsed.left))
      const { flags = 0, evaluations = 0 } = rehearsed.right?.evidence ?? {}
      tell(`${flags} flags, ${evaluations} evaluations`)
      return
    }
    const options = {
      window: always,
      documents: async () => E.right(publishedDocuments),
      base: name === 'everything judged' ? null : { dataDir: base, isOfLedger: async () => E.right(true) },
    }
    if (chosen === 'sweep') {
      const swept = await sweepColumns(source, { sweep, ...options })
      if (E.isLeft(swept)) throw new Error(JSON.stringify(swept.left))
      tell(`wrongful ${swept.right.counts.map(({ wrongful }) => wrongful).join(' ')}`)
      return
    }
    const replayed = await replayColumns(source, { correction: corrections[chosen], ...options })
    if (E.isLeft(replayed)) throw new Error(JSON.stringify(replayed.left))
    const { digest, rows } = replayed.right.result
    tell(`${rows.size} rows, ${digest}`)
    replayed.right.close()
  } finally {
    source.close()
  }
}

if (values.case !== undefined) {
  await runCase(values.case, positionals[0] ?? '', values.base ?? '')
} else {
  const lines: Line[] = []
  for (const file of positionals) {
    const base = mkdtempSync(join(tmpdir(), 'redress-bench-base-'))
    const short = mkdtempSync(join(tmpdir(), 'redress-bench-short-'))
    try {
      for (const name of Object.keys(cases)) {
        const isSlow = name === 'everything judged' || name === SHORT
        const runs = Array.from({ length: isSlow ? 1 : Number(values.runs) }, () => {
          if (name === FORWARD) cpSync(short, base, { recursive: true })
          const at = name === SHORT ? short : base
          return measuredFile(import.meta.filename, '--case', name, '--base', at, file)
        })
        const of = (read: (run: Measured) => number): string => median(runs.map(read)).toFixed(2)
        const line = {
          ...{ file, name },
          seconds: of(({ seconds }) => seconds),
          cpu: of(({ cpuSeconds }) => cpuSeconds),
          mb: of(({ mb }) => mb),
        }
        lines.push(line)
        process.stderr.write(`${Object.values(line).join('  ')}\n`)
      }
    } finally {
      for (const dir of [base, short]) rmSync(dir, { recursive: true })
    }
  }
  const columns = table(
    [
      { title: 'file', cell: ({ file }: Line) => file },
      { title: 'replay', cell: ({ name }) => name },
      { title: 'seconds', align: 'right', cell: ({ seconds }) => seconds },
      { title: 'CPU', align: 'right', cell: ({ cpu }) => cpu },
      { title: 'MB', align: 'right', cell: ({ mb }) => mb },
    ],
    lines,
  )
  for (const line of columns) process.stdout.write(`${line}\n`)
}
