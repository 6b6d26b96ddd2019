import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { decodeIncoming, decodeStored } from '../../src/domain/decode.ts'
import type { IncomingEvent } from '../../src/domain/event.ts'
import { parseJson } from '../../src/ingest/accept/json.ts'
import { envelopeOf } from '../../src/ledger/event/envelope.ts'
import { prepare } from '../../src/ledger/event/prepare.ts'
import { isValid } from '../domain/mutants.ts'
import { storedOf } from '../ledger/event/stored-text.ts'
import { unwrap } from '../ledger/events.ts'
import { measured, median } from './measure.ts'

/**
 * `node test/bench/decode.ts [--events N] [--runs N]`: what it costs to decode and prepare a simulated platform's
 * events, and to decode them again as they are stored, in µs of CPU an event; next to each what io-ts and canonicalize
 * alone take. Works in batches, as ingest does, so that a part finds in the caches what the part before left there.
 */
const { values } = parseArgs({
  options: { events: { type: 'string', default: '100000' }, runs: { type: 'string', default: '5' } },
})
const BATCH = 500
const sealed = { keyId: 'k'.repeat(32), sha256: 'ab'.repeat(32), commitment: 'cd'.repeat(32) }

/** The lines of simulated events, without those of rulesets: they are few and large. */
const simulatedLines = (count: number): ReadonlyArray<Buffer> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-bench-decode-'))
  try {
    const at = (name: string): string => join(dir, name)
    const files = ['--out', at('events'), '--truth', at('truth'), '--ruleset', at('ruleset')]
    measured('simulate', '--accounts', String(Math.ceil(count / 10)), ...files)
    const lines = readFileSync(at('events'), 'utf8').split('\n')
    const events = lines.filter((line) => line !== '' && !line.includes('"ruleset.published.v1"'))
    return events.slice(0, count).map((line) => Buffer.from(line))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The text of an event as the ledger stores it. */
const storedText = (event: IncomingEvent): string =>
  (storedOf(event) ?? '').replace('"sealed":"sealed"', `"sealed":${JSON.stringify(sealed)}`)

const lines = simulatedLines(Number(values.events))
const microseconds = new Map<string, number>()

/** Does a part of the work for each item of a batch, and adds what it took to the current run. */
const part = <A, B>(name: string, items: ReadonlyArray<A>, work: (item: A) => B): ReadonlyArray<B> => {
  const start = process.cpuUsage()
  const done = items.map((item) => work(item))
  const { user, system } = process.cpuUsage(start)
  microseconds.set(name, (microseconds.get(name) ?? 0) + user + system)
  return done
}

const run = (): ReadonlyMap<string, number> => {
  microseconds.clear()
  for (let i = 0; i < lines.length; i += BATCH) {
    const batch = lines.slice(i, i + BATCH)
    part('  JSON.parse alone', batch, (line) => JSON.parse(line.toString('latin1')))
    const json = part('parseJson', batch, (line) => unwrap(parseJson(line)))
    const events = part('decodeIncoming', json, (one) => unwrap(decodeIncoming(one)).event)
    part('  by io-ts alone', events, (event) => isValid(event, 'incoming'))
    part('prepare', events, (event) => unwrap(prepare(event)))
    part('  by canonicalize alone', events, storedOf)
    const texts = events.map(storedText)
    const stored = part('stored: JSON.parse', texts, (text): unknown => JSON.parse(text))
    const decoded = part('stored: decodeStored', stored, (one) => unwrap(decodeStored(one)))
    part('  by io-ts alone ', decoded, (event) => isValid(event, 'stored'))
    part('stored: envelopeOf', texts, envelopeOf)
  }
  return new Map(microseconds)
}

run() // for the compiler to warm up
const runs = Array.from({ length: Number(values.runs) }, run)
const parts = [...(runs[0]?.keys() ?? [])].map((name) => {
  const each = runs.map((one) => (one.get(name) ?? 0) / lines.length)
  return { name, median: median(each), least: Math.min(...each) }
})
const shown = table(
  [
    { title: 'µs of CPU an event', cell: ({ name }) => name.trimEnd() },
    { title: 'median', align: 'right', cell: ({ median: m }) => m.toFixed(2) },
    { title: 'lowest', align: 'right', cell: ({ least }) => least.toFixed(2) },
  ],
  parts,
)
process.stdout.write(`${lines.length} events, ${runs.length} runs\n\n${shown.join('\n')}\n`)
