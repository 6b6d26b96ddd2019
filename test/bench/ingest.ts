import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { measured, median } from './measure.ts'

/**
 * `node test/bench/ingest.ts [--events N,N,...] [--runs N]`: how `ingest` of a file grows with the ledger, in rounds of all
 * sizes, so that other load on the machine affects all alike. Whole commands with their start; an event should cost the same
 * at each size.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000,1000000,4000000' },
    runs: { type: 'string', default: '5' },
  },
})

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-'))
const at = (name: string): string => join(dir, name)

/** How many events are simulated at a time: the simulator keeps them in memory. */
const PIECE = 1_000_000

/** Each piece has another seed, and so other accounts and ids. */
const simulateInto = (file: string, events: number): void => {
  for (let done = 0; done < events; done += PIECE) {
    const accounts = Math.ceil(Math.min(PIECE, events - done) / 10.27)
    const piece = [at('piece.ndjson'), at('truth.json'), at('corrected.yaml')] as const
    const [out, truth, ruleset] = piece
    const seed = String(1 + done / PIECE)
    const files = ['--out', out, '--truth', truth, '--ruleset', ruleset]
    measured('simulate', '--seed', seed, '--accounts', String(accounts), ...files)
    appendFileSync(file, readFileSync(out))
    for (const each of piece) rmSync(each)
  }
}

try {
  const sizes = values.events.split(',').map((events) => {
    const file = at(`${events}.ndjson`)
    simulateInto(file, Number(events))
    return { events: Number(events), file, runs: [] as ReturnType<typeof measured>[] }
  })
  for (let round = 0; round < Number(values.runs); round++) {
    for (const { events, file, runs } of sizes) {
      const run = measured('ingest', file, '--data', at('data'))
      rmSync(at('data'), { recursive: true })
      runs.push(run)
      process.stderr.write(
        `${events} events: ${run.seconds.toFixed(1)} s, ${run.cpuSeconds.toFixed(1)} s of CPU\n`,
      )
    }
  }
  type Size = (typeof sizes)[number]
  const perEvent = (pick: (run: Size['runs'][number]) => number, { events, runs }: Size): string =>
    ((1e6 * median(runs.map(pick))) / events).toFixed(1)
  const walls = ({ events, runs }: Size): string => {
    const each = runs.map(({ seconds }) => (1e6 * seconds) / events)
    return `${Math.min(...each).toFixed(1)} to ${Math.max(...each).toFixed(1)}`
  }
  const lines = table(
    [
      { title: 'ingest: events', align: 'right', cell: ({ events }) => events },
      { title: 'wall µs an event', align: 'right', cell: (size) => perEvent(({ seconds }) => seconds, size) },
      { title: 'spread', align: 'right', cell: walls },
      {
        title: 'CPU µs an event',
        align: 'right',
        cell: (size) => perEvent(({ cpuSeconds }) => cpuSeconds, size),
      },
      {
        title: 'peak MB',
        align: 'right',
        cell: ({ runs }) => Math.round(Math.max(...runs.map(({ mb }) => mb))),
      },
    ],
    sizes,
  )
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
