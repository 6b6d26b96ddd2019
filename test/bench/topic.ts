import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { benchFollowing, describeLatency, FOLLOWED_PER_SECOND } from './following.ts'
import { type FilledTopic, fillTopic } from './kafka.ts'
import { type Measured, measured, median } from './measure.ts'

/**
 * `node test/bench/topic.ts [--events N] [--runs N] [--seconds N]`: the same events from a file and from a filled topic,
 * in turns; then how long an event takes from being sent, at 1,000 a second, to being durable in the ledger. Needs
 * KAFKA_BROKERS, or what the tests need to start a broker.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
  },
})
const events = Number(values.events)

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-topic-'))
const at = (name: string): string => join(dir, name)
let topic: FilledTopic | string | undefined
try {
  const file = at('events.ndjson')
  const others = ['--truth', at('truth.json'), '--ruleset', at('corrected.yaml')]
  measured('simulate', '--accounts', String(Math.ceil(events / 10.27)), '--out', file, ...others)
  topic = await fillTopic(file, at('broker'))
  if (typeof topic === 'string') throw new Error(topic)
  const { brokers, messages, consume, countOnly } = topic
  const runs = Array.from({ length: Number(values.runs) }, (_, i) => {
    const run = {
      file: measured('ingest', file, '--data', at('from-file')),
      topic: consume(at('from-topic')),
      count: countOnly(),
    }
    for (const name of ['from-file', 'from-topic']) rmSync(at(name), { recursive: true })
    return { run: i + 1, ...run }
  })
  const rate = ({ seconds }: Measured): number => Math.round(messages / seconds)
  const cpu = ({ cpuSeconds }: Measured): string => ((1e6 * cpuSeconds) / messages).toFixed(1)
  const lines = table(
    [
      { title: 'run', align: 'right', cell: ({ run }) => run },
      { title: 'file: a second', align: 'right', cell: (of) => rate(of.file) },
      { title: 'CPU µs', align: 'right', cell: (of) => cpu(of.file) },
      { title: 'topic: a second', align: 'right', cell: (of) => rate(of.topic) },
      { title: 'CPU µs', align: 'right', cell: (of) => cpu(of.topic) },
      { title: 'only counted: a second', align: 'right', cell: (of) => rate(of.count) },
      { title: 'CPU µs', align: 'right', cell: (of) => cpu(of.count) },
    ],
    runs,
  )
  const seconds = (name: 'file' | 'topic'): number => median(runs.map((of) => of[name].seconds))
  const percent = Math.round((100 * seconds('file')) / seconds('topic'))
  process.stdout.write(`${lines.join('\n')}\n\nFrom the topic at ${percent} % of the rate from the file\n`)

  const { durable, received } = await benchFollowing(brokers, at('followed'), file, Number(values.seconds))
  process.stdout.write(
    `Following at ${FOLLOWED_PER_SECOND} events a second: durable after ${describeLatency(durable)}; ` +
      `received by a consumer that only counts after ${describeLatency(received)}\n`,
  )
} finally {
  if (typeof topic === 'object') await topic.close()
  rmSync(dir, { recursive: true, force: true })
}
