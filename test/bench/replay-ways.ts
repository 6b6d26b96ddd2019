import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { EventStoreDBClient } from '@eventstore/db-client'
import { table } from '../../src/cli/table.ts'
import { benchCluster } from './cluster.ts'
import { type Measured, measured, measuredFile, median } from './measure.ts'

/**
 * `node test/bench/replay-ways.ts [--runs N] DATA RULESET`: one replay of a data folder whose projections are up to date, by
 * each engine, and next to it what an event store gives: reading the same events through its client, and judging nothing.
 * The store is the cluster of EVENTSTORE_URL, which must be empty, else the tests' server in a process of its own. A copy of the
 * folder is used.
 */
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, read: { type: 'string' } },
  allowPositionals: true,
})

/** Reads and parses all events, as a program does that replays them. */
const readAll = async (url: string): Promise<void> => {
  const client = EventStoreDBClient.connectionString(url)
  let events = 0
  for await (const { event } of client.readAll()) if (event?.streamId.startsWith('$') === false) events++
  await client.dispose()
  process.stdout.write(`${events} events\n`)
}

type Line = { readonly way: string; readonly runs: ReadonlyArray<Measured> }

const compare = async (data: string, ruleset: string): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-bench-'))
  const cluster = await benchCluster()
  try {
    const copy = join(dir, 'data')
    cpSync(data, copy, { recursive: true })
    const replay = (...args: ReadonlyArray<string>): Measured => {
      const out = mkdtempSync(join(dir, 'out-'))
      return measured('replay', '--data', copy, '--ruleset', ruleset, '--out', out, ...args)
    }
    const repeat = (run: () => Measured): ReadonlyArray<Measured> =>
      Array.from({ length: Number(values.runs) }, run)
    const lines: Line[] = [
      { way: 'columns, the base made', runs: [replay()] },
      { way: 'columns, over the base', runs: repeat(() => replay()) },
      { way: 'columns, everything judged', runs: repeat(() => replay('--full')) },
      { way: 'reference, from the ledger', runs: repeat(() => replay('--engine', 'reference')) },
    ]
    measured('copy', '--from', copy, '--to', cluster.url)
    const read = (): Measured => measuredFile(import.meta.filename, '--read', cluster.url)
    lines.push({ way: 'event store, only read', runs: repeat(read) })
    const of =
      (value: (run: Measured) => number) =>
      ({ runs }: Line): string =>
        median(runs.map(value)).toFixed(1)
    const printed = table(
      [
        { title: 'replay', cell: ({ way }: Line) => way },
        { title: 'seconds', align: 'right', cell: of(({ seconds }) => seconds) },
        { title: 'CPU', align: 'right', cell: of(({ cpuSeconds }) => cpuSeconds) },
        { title: 'MB', align: 'right', cell: of(({ mb }) => mb) },
      ],
      lines,
    )
    for (const line of printed) process.stdout.write(`${line}\n`)
  } finally {
    cluster.close()
    rmSync(dir, { recursive: true })
  }
}

if (values.read !== undefined) await readAll(values.read)
else {
  const [data, ruleset] = positionals
  if (data === undefined || ruleset === undefined) throw new Error('name a data folder and a ruleset')
  await compare(data, ruleset)
}
