import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readRuleset } from '../../src/cli/ruleset/file.ts'
import { table } from '../../src/cli/table.ts'
import { benchCluster, plainAppends } from './cluster.ts'
import { benchFollowing, describeLatency, FOLLOWED_PER_SECOND } from './following.ts'
import { fillTopic } from './kafka.ts'
import { commandFigure, figure, measured, median } from './measure.ts'
import { benchLag, benchPlainFold, benchScan, bytesPerEvent } from './projections.ts'
import { benchReplay } from './replay.ts'
import { benchReports } from './reports.ts'
import { benchStore, preparedEvents, type StoreFigures } from './stores.ts'

/**
 * `npm run bench -- [--events N] [--runs N]`: a simulated platform's events into an empty ledger, end to end and in
 * its own process, alternately from a file and from a filled Kafka topic; how long an event takes from a topic that is
 * followed; then the replay, and its parts separately; the projections compared with a plain fold of the same ledger,
 * and how far a follower lags; the embedded ledger's append next to its limit (append.ts); then the same work on both
 * stores (the cluster of EVENTSTORE_URL, else the tests' server in a process of its own). Prints medians, the spread
 * and the peak memory.
 */
const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '3' } },
})
const events = Number(values.events)
const runs = Number(values.runs)

/** How long a topic is followed. */
const FOLLOWED_SECONDS = 15

/** Events that both stores are given. */
const STORE_EVENTS = Math.min(events, 50_000)
const storeWork = {
  append: 'appending events',
  again: 'appending them again, all duplicates',
  restarted: 'the same after a restart',
  read: 'reading all',
} as const

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-'))
const at = (name: string): string => join(dir, name)

try {
  const accounts = Math.ceil(events / 10.27)
  measured(
    'simulate',
    '--accounts',
    String(accounts),
    ...['--out', at('events.ndjson')],
    ...['--truth', at('truth.json')],
    ...['--ruleset', at('corrected.yaml')],
  )
  const megabytes = statSync(at('events.ndjson')).size / 1e6
  const topic = await fillTopic(at('events.ndjson'), at('broker'))

  // Alternately, so that other load on the machine affects all alike.
  const byTurns = Array.from({ length: runs }, (_, i) => ({
    file: measured('ingest', at('events.ndjson'), '--data', at(`data${i}`)),
    topic: typeof topic === 'string' ? null : topic.consume(at(`from-topic${i}`)),
    counted: typeof topic === 'string' ? null : topic.countOnly(),
  }))
  const fromTopic = byTurns.flatMap(({ topic: run }) => (run === null ? [] : [run]))
  const counted = byTurns.flatMap(({ counted: run }) => (run === null ? [] : [run]))
  const following =
    typeof topic === 'string'
      ? null
      : await benchFollowing(topic.brokers, at('followed'), at('events.ndjson'), FOLLOWED_SECONDS)
  if (typeof topic !== 'string') await topic.close()

  const corrected = await readRuleset(at('corrected.yaml'))
  const replays: Awaited<ReturnType<typeof benchReplay>>[] = []
  for (let i = 0; i < runs; i++) replays.push(await benchReplay(at('data0'), corrected))
  const whole = Array.from({ length: runs }, (_, i) =>
    measured('replay', '--ruleset', at('corrected.yaml'), '--data', at('data0'), '--out', at(`result${i}`)),
  )
  const stored = replays[0]?.events ?? 0

  const projected = []
  for (let i = 0; i < runs; i++) {
    const rebuilt = measured('project', '--rebuild', '--data', at('data0'))
    projected.push({ rebuilt, plain: await benchPlainFold(at('data0')), scan: await benchScan(at('data0')) })
  }
  const reports = benchReports(at('data0'), stored)
  const bytes = bytesPerEvent(at('data0'), stored)
  const lag = await benchLag(at('data0'), at('events.ndjson'), Math.min(20, stored / 2_000))

  const appends = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'append.ts'), '--events', values.events],
    {
      encoding: 'utf8',
    },
  )
  if (appends.status !== 0) throw new Error(`append.ts: ${appends.stderr}`)

  const same = await preparedEvents(at('events.ndjson'), STORE_EVENTS)
  const stores: { readonly embedded: StoreFigures; readonly cluster: StoreFigures }[] = []
  const plain: number[] = []
  for (let i = 0; i < runs; i++) {
    const other = await benchCluster()
    plain.push(await plainAppends(other.url, same))
    other.close()
    const cluster = await benchCluster()
    stores.push({
      embedded: await benchStore(at(`embedded${i}`), undefined, same),
      cluster: await benchStore(at(`with-cluster${i}`), cluster, same),
    })
    cluster.close()
  }
  const storeFigures = (['append', 'again', 'restarted', 'read'] as const).flatMap((work) =>
    (['embedded', 'cluster'] as const).map((store) =>
      figure(
        `${store}: ${storeWork[work]}`,
        stores.map((run) => run[store][work]),
      ),
    ),
  )
  const kafka = [
    commandFigure('consume: filled topic (6 partitions) to the same events', stored, fromTopic),
    commandFigure('  a kafkajs consumer that only counts', stored, counted),
  ]
  const figures = [
    commandFigure(
      'ingest: NDJSON file to durable, validated, hashed events',
      stored,
      byTurns.map(({ file }) => file),
    ),
    ...(fromTopic.length === 0 ? [] : kafka),
    commandFigure('replay, whole command', stored, whole),
    figure(
      '  reading, hashes checked',
      replays.map(({ read }) => read),
    ),
    figure(
      '  parsing and decoding',
      replays.map(({ decode }) => decode),
    ),
    figure(
      '  reference replay over decoded events',
      replays.map(({ replay }) => replay),
    ),
    commandFigure(
      'project --rebuild: all tables rebuilt and published',
      stored,
      projected.map(({ rebuilt }) => rebuilt),
    ),
    figure(
      '  a plain fold: reading and JSON.parse only',
      projected.map(({ plain }) => plain),
    ),
    figure(
      '  a condition over the typed columns, in SQL',
      projected.map(({ scan }) => scan),
    ),
    commandFigure('report transparency --style dsa, html', stored, [reports.dsa]),
    commandFigure('report transparency --style platform, html', stored, [reports.platform]),
    commandFigure('report restate, half of the events new', stored, [reports.restate]),
    ...storeFigures,
    figure('  the official client: one event an append, 256 under way', plain),
  ]
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  process.stdout.write(
    `${stored} events, ${Math.round(megabytes)} MB of NDJSON; ${runs} runs each; ${machine}\n\n`,
  )
  const lines = table(
    [
      { title: 'events a second', cell: ({ name }) => name },
      { title: 'median', align: 'right', cell: ({ median: m }) => m },
      { title: 'lowest', align: 'right', cell: ({ least }) => least },
      { title: 'highest', align: 'right', cell: ({ most }) => most },
      { title: 'peak MB', align: 'right', cell: ({ peakMb }) => peakMb ?? '' },
    ],
    figures,
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  process.stdout.write(`\nThe embedded ledger's append, and its limit:\n${appends.stdout}`)
  const ratios = byTurns.flatMap(({ file, topic: run }) => (run === null ? [] : [file.seconds / run.seconds]))
  const ratio = ratios.length === 0 ? null : Math.round(100 * median(ratios))
  process.stdout.write(
    ratio === null
      ? `\nNo Kafka: ${topic}\n`
      : `\nFrom the topic at ${ratio} % of the speed from the file (median of the runs)\n`,
  )
  if (following !== null) {
    process.stdout.write(
      `Following a topic at ${FOLLOWED_PER_SECOND} events/s: durable after ${describeLatency(following.durable)}; ` +
        `received by a consumer that only counts after ${describeLatency(following.received)}\n`,
    )
  }
  const foldRatio = median(projected.map(({ rebuilt, plain }) => stored / rebuilt.seconds / plain))
  process.stdout.write(
    `Projected at ${Math.round(100 * foldRatio)} % of the speed of the plain fold, ${bytes} bytes per event; following ` +
      `${lag.appendedPerSecond} events/s: folded after ${lag.foldedMs} ms (at most ${lag.foldedMostMs}), ` +
      `published after at most ${lag.publishedMostMs} ms\n`,
  )
  const clusterRatio = median(stores.map(({ cluster }, i) => cluster.append / (plain[i] ?? Number.NaN)))
  const calls = stores.at(-1)?.cluster.calls
  process.stdout.write(
    `Appended to the cluster (${process.env.EVENTSTORE_URL ? 'of EVENTSTORE_URL' : "the tests' server"}) at ${Math.round(100 * clusterRatio)} % of the ` +
      `official client's speed; calls per event: ${calls == null ? 'not counted' : JSON.stringify(calls)}\n`,
  )
  process.stdout.write(
    `\n${JSON.stringify({ events: stored, runs, machine, figures, topicToFilePercent: ratio, following, lag })}\n`,
  )
} finally {
  rmSync(dir, { recursive: true, force: true })
}
