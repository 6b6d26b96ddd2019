import { statSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { generateHistory } from './columnar/generate.ts'

/** `node test/bench/history.ts [--events N] [--seed N] FILE`: writes a published projections file with a made-up history. */
const { values, positionals } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const [file] = positionals
if (file === undefined) throw new Error('name the file to write')

const start = performance.now()
const seconds = (): string => ((performance.now() - start) / 1000).toFixed(1)
const generated = await generateHistory(file, {
  events: Number(values.events),
  seed: Number(values.seed),
  onPart: (part) => process.stderr.write(`${seconds()} s: ${part}\n`),
})
const megabytes = Math.round(statSync(file).size / 1e6)
process.stdout.write(`${JSON.stringify({ ...generated, seconds: Number(seconds()), megabytes })}\n`)
