import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { streamParts } from '../../src/domain/stream.ts'
import type { PreparedEvent } from '../../src/ledger/event/prepare.ts'
import { inParallel } from '../../src/ledger/eventstoredb/in-parallel.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { unwrap } from '../ledger/events.ts'
import { measured, median } from './measure.ts'
import { postgresPackage, startPostgres } from './postgres.ts'
import { preparedEvents } from './stores.ts'

/**
 * `npm run bench:emmett -- [--accounts N] [--runs N]`: the same simulated events into Redress's ledger and into Emmett's
 * PostgreSQL store, one transaction an account, and then a fold of each account; in turns, µs of wall time an event.
 * Uses the server of POSTGRES_URL, else installs PostgreSQL next to Emmett into a temporary folder (77 MB), and deletes it.
 */
const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '1000' }, runs: { type: 'string', default: '3' } },
})
const EMMETT = [
  '@event-driven-io/emmett@0.42.0',
  '@event-driven-io/emmett-postgresql@0.42.0',
  '@event-driven-io/pongo@0.16.11',
]
/** As many accounts at once as Emmett's pool has connections. */
const AT_ONCE = 10

type State = { readonly events: number; readonly last: string }
type Stored = { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
const nothing = (): State => ({ events: 0, last: '' })
const evolve = ({ events }: State, { data }: { readonly data: Stored['data'] }): State => ({
  events: events + 1,
  last: String(data.id),
})

/** What is used of Emmett's store; its types are not installed here. */
type EmmettStore = {
  readonly appendToStream: (stream: string, events: ReadonlyArray<Stored>) => Promise<unknown>
  readonly aggregateStream: (
    stream: string,
    by: { readonly evolve: typeof evolve; readonly initialState: () => State },
  ) => Promise<{ readonly state: State }>
  readonly schema: { readonly migrate: () => Promise<unknown> }
  readonly close: () => Promise<void>
}

type Costs = { readonly append: number; readonly fold: number }
type Account = { readonly name: string; readonly events: ReadonlyArray<PreparedEvent> }

/** Times both parts of a store; checks that the fold has seen every event. */
const costsOf = async (
  events: number,
  append: () => Promise<unknown>,
  fold: () => Promise<ReadonlyArray<State>>,
): Promise<Costs> => {
  const start = performance.now()
  await append()
  const appended = performance.now()
  const states = await fold()
  const folded = performance.now()
  const seen = states.reduce((sum, state) => sum + state.events, 0)
  if (seen !== events) throw new Error(`${seen} of ${events} events were folded`)
  return { append: ((appended - start) * 1_000) / events, fold: ((folded - appended) * 1_000) / events }
}

const wholeText = (event: PreparedEvent): string =>
  `${event.kind === 'plain' ? event.head : `${event.head}{}${event.middle}`},${event.tail}`

const emmettCosts = async (
  store: EmmettStore,
  accounts: ReadonlyArray<Account>,
  atOnce: number,
  prefix: string,
): Promise<Costs> => {
  const streams = accounts.map(({ name, events }) => ({
    name: `${prefix}-${name}`,
    events: events.map((event) => {
      const data = JSON.parse(wholeText(event))
      return { type: String(data.type), data }
    }),
  }))
  return costsOf(
    accounts.reduce((sum, { events }) => sum + events.length, 0),
    () => inParallel(atOnce, streams, ({ name, events }) => store.appendToStream(name, events)),
    () =>
      inParallel(atOnce, streams, async ({ name }) => {
        const { state } = await store.aggregateStream(name, { evolve, initialState: nothing })
        return state
      }),
  )
}

const redressCosts = async (data: string, accounts: ReadonlyArray<Account>): Promise<Costs> => {
  const { ledger, close } = unwrap(await openLedger(data))
  const batches = accounts.map(({ events }) =>
    Array.from(
      Map.groupBy(events, ({ stream }) => stream),
      ([stream, of]) => ({ stream, expectedRevision: 'any' as const, events: of }),
    ),
  )
  const costs = await costsOf(
    accounts.reduce((sum, { events }) => sum + events.length, 0),
    async () => {
      for (const batch of batches) unwrap(await ledger.append(batch))
    },
    async () => {
      const states: State[] = []
      for (const batch of batches) {
        let state = nothing()
        for (const { stream } of batch) {
          for await (const page of ledger.readStream(stream)) {
            for (const { canonical } of unwrap(page)) state = evolve(state, { data: JSON.parse(canonical) })
          }
        }
        states.push(state)
      }
      return states
    },
  )
  await close()
  return costs
}

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-emmett-'))
const at = (name: string): string => join(dir, name)
try {
  const { POSTGRES_URL } = process.env
  writeFileSync(at('package.json'), '{ "private": true }\n')
  const packages = POSTGRES_URL ? EMMETT : [...EMMETT, postgresPackage]
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], {
    cwd: dir,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (npm.status !== 0) throw new Error(`npm install failed:\n${npm.error?.message ?? npm.stderr}`)
  const others = ['--truth', at('truth.json'), '--ruleset', at('corrected.yaml')]
  measured('simulate', '--accounts', values.accounts, '--out', at('events.ndjson'), ...others)
  const events = await preparedEvents(at('events.ndjson'), Number.POSITIVE_INFINITY)
  const ids = new Set<string>()
  const own = events.filter(({ stream, id }) => {
    const isNew = streamParts(stream).of === 'account' && !ids.has(id)
    ids.add(id)
    return isNew
  })
  const accounts = Array.from(
    Map.groupBy(own, ({ stream }) => streamParts(stream).id),
    ([name, of]): Account => ({ name, events: of }),
  )
  const postgres = POSTGRES_URL ? { url: POSTGRES_URL, close: async () => {} } : await startPostgres(dir)
  // Cast: see EmmettStore.
  const { getPostgreSQLEventStore } = createRequire(at('package.json'))(
    '@event-driven-io/emmett-postgresql',
  ) as { readonly getPostgreSQLEventStore: (url: string) => EmmettStore }
  const store = getPostgreSQLEventStore(postgres.url)
  const runs: Record<string, Costs[]> = {}
  try {
    await store.schema.migrate()
    for (let run = 0; run < Number(values.runs); run++) {
      const prefix = `${process.pid}-${run}`
      const costs = {
        'Redress, one append an account': await redressCosts(at(`data${run}`), accounts),
        'Emmett, one account after the other': await emmettCosts(store, accounts, 1, `${prefix}-one`),
        [`Emmett, ${AT_ONCE} accounts at once`]: await emmettCosts(
          store,
          accounts,
          AT_ONCE,
          `${prefix}-many`,
        ),
      }
      for (const [name, of] of Object.entries(costs)) runs[name] = [...(runs[name] ?? []), of]
    }
  } finally {
    await store.close()
    await postgres.close()
  }
  const us = (of: ReadonlyArray<Costs>, part: keyof Costs): string =>
    median(of.map((one) => one[part])).toFixed(0)
  const lines = table(
    [
      { title: `µs an event: ${own.length} events of ${accounts.length} accounts`, cell: ([name]) => name },
      { title: 'append', align: 'right', cell: ([, of]) => us(of, 'append') },
      { title: 'fold', align: 'right', cell: ([, of]) => us(of, 'fold') },
    ],
    Object.entries(runs),
  )
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
