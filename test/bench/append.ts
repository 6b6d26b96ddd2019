import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { openDatabase } from '../../src/foundation/sqlite/database.ts'
import { leafHash } from '../../src/ledger/event/leaf.ts'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { openLedger } from '../../src/ledger/open.ts'
import type { AppendBatch } from '../../src/ledger/port.ts'
import { ledgerFile } from '../../src/ledger/sqlite/schema.ts'
import { unwrap } from '../ledger/events.ts'
import { measured } from './measure.ts'
import { preparedEvents } from './stores.ts'

/**
 * `node test/bench/append.ts [--events N] [--chunk N]`: what the embedded ledger's append costs as the ledger grows,
 * next to hand-written `node:sqlite` with the same schema, which checks nothing itself: the limit. Both write the same
 * events in turns, so that other load on the machine affects both alike. Prints µs an event, CPU and wall, for each
 * 200,000 events.
 */
const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, chunk: { type: 'string', default: '8192' } },
})
const total = Number(values.events)
const chunk = Number(values.chunk)
const SLICE = 200_000
const EVENTS_PER_ACCOUNT = 10

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-append-'))

/** Makes simulated events again, each with an account drawn at random and an id of its own. */
const eventMaker = async (): Promise<(number: number) => PreparedEvent> => {
  const at = (name: string): string => join(dir, name)
  const files = ['--out', at('events'), '--truth', at('truth'), '--ruleset', at('ruleset')]
  measured('simulate', '--accounts', '1000', ...files)
  const templates = (await preparedEvents(at('events'), 5_000)).flatMap((event) => {
    const [kind = '', account = ''] = event.stream.split(/-(.*)/s)
    return event.kind === 'plain' && event.document === null ? [{ event, kind, account }] : []
  })
  const random = randomNumbers()
  return (number) => {
    const template = templates[number % templates.length]
    if (template === undefined) throw new Error('nothing was simulated')
    const { event, kind } = template
    const account = `u${(10_000_000 + (random() % Math.ceil(total / EVENTS_PER_ACCOUNT))).toString(16)}`
    const id = `${account}-${number}`
    const again = (text: string): string =>
      text.replace(`"id":"${event.id}"`, `"id":"${id}"`).replaceAll(template.account, account)
    // Cast: the stream's kind is the template's.
    const stream = `${kind}-${account}` as PreparedEvent['stream']
    return { ...event, stream, id, head: again(event.head), tail: again(event.tail) }
  }
}

/** The same numbers in every run (xorshift32). */
const randomNumbers = (): (() => number) => {
  let state = 2_463_534_242
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Events of one account seldom follow each other. */
const alone = (event: PreparedEvent): AppendBatch => ({
  stream: event.stream,
  expectedRevision: 'any',
  events: [event],
})

type Writer = { readonly write: (events: ReadonlyArray<PreparedEvent>) => Promise<void> }

const redress = async (): Promise<Writer> => {
  const { ledger } = unwrap(await openLedger(join(dir, 'redress')))
  return {
    write: async (events) => {
      unwrap(await ledger.append(events.map(alone)))
    },
  }
}

const handWritten = (): Writer => {
  mkdirSync(join(dir, 'hand-written'))
  const db = openDatabase(join(dir, 'hand-written', 'ledger.db'), ledgerFile)
  const addStream = db.prepare('INSERT INTO streams (id, name) VALUES (?, ?)')
  const addSource = db.prepare('INSERT INTO sources (id, name) VALUES (?, ?)')
  const addEvent = db.prepare(
    `INSERT INTO events (sequence, stream, revision, source, id, canonical, leaf_hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const streams = new Map<string, { readonly number: number; revision: number }>()
  const sources = new Map<string, number>()
  let sequence = 0
  const add = (event: PreparedEvent): void => {
    let stream = streams.get(event.stream)
    if (stream === undefined) {
      stream = { number: streams.size + 1, revision: -1 }
      streams.set(event.stream, stream)
      addStream.run(stream.number, event.stream)
    }
    let source = sources.get(event.source)
    if (source === undefined) {
      source = sources.size + 1
      sources.set(event.source, source)
      addSource.run(source, event.source)
    }
    const text = `${event.head},"recordedat":"2026-01-01T00:00:00.000Z",${event.tail}`
    const leaf = Buffer.from(leafHash(text), 'hex')
    sequence++
    stream.revision++
    addEvent.run(sequence, stream.number, stream.revision, source, event.id, text, leaf)
  }
  return {
    write: async (events) => {
      db.exec('BEGIN IMMEDIATE')
      for (const event of events) add(event)
      db.exec('COMMIT')
    },
  }
}

type Cost = { cpu: number; wall: number }

/** What writing costs, in µs. */
const costOf = async (work: () => Promise<void>): Promise<Cost> => {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: user + system, wall: (performance.now() - wall) * 1000 }
}

try {
  const make = await eventMaker()
  const writers = { append: await redress(), limit: handWritten() }
  const slices: { readonly upTo: number; readonly append: Cost; readonly limit: Cost }[] = []
  let written = 0
  while (written < total) {
    const from = written
    const slice = { append: { cpu: 0, wall: 0 }, limit: { cpu: 0, wall: 0 } }
    while (written < Math.min(from + SLICE, total)) {
      const first = written
      const events = Array.from({ length: Math.min(chunk, total - first) }, (_, i) => make(first + i))
      written += events.length
      for (const name of ['append', 'limit'] as const) {
        const { cpu, wall } = await costOf(() => writers[name].write(events))
        slice[name].cpu += cpu
        slice[name].wall += wall
      }
    }
    const perEvent = ({ cpu, wall }: Cost): Cost => ({
      cpu: cpu / (written - from),
      wall: wall / (written - from),
    })
    slices.push({ upTo: written, append: perEvent(slice.append), limit: perEvent(slice.limit) })
  }
  const us = (value: number): string => value.toFixed(1)
  const lines = table(
    [
      { title: 'events', align: 'right', cell: ({ upTo }) => upTo },
      { title: 'append: CPU µs', align: 'right', cell: ({ append }) => us(append.cpu) },
      { title: 'wall µs', align: 'right', cell: ({ append }) => us(append.wall) },
      { title: 'limit: CPU µs', align: 'right', cell: ({ limit }) => us(limit.cpu) },
      { title: 'wall µs', align: 'right', cell: ({ limit }) => us(limit.wall) },
    ],
    slices,
  )
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
