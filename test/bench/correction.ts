import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as E from '#fp/Either'
import { loadForReplay } from '../../src/app/replay/load.ts'
import { table } from '../../src/cli/table.ts'
import { type Correction, correctionOfRules } from '../../src/replay/correction/correction.ts'
import { parseCorrection } from '../../src/replay/correction/document.ts'
import type { History } from '../../src/replay/model/history.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { parseRuleset } from '../../src/rulesets/document.ts'
import { unwrap } from '../ledger/events.ts'
import { measured, median } from './measure.ts'

/**
 * `node test/bench/correction.ts [--events N] [--runs N]`: what judging by a correction with three withdrawals costs (two
 * conditions, and a list of one flag in ten), next to judging by its corrected ruleset alone. Both judge the same history
 * in turns, so that other load on the machine affects both alike. Prints the CPU time of each, and their ratio: of judging,
 * and of reading and judging, which is what a replay costs.
 */
const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '7' } },
})
const events = Number(values.events)
const runs = Number(values.runs)

const DOCUMENT = `correction: three-withdrawals
ruleset: corrected.yaml
signals: { adult_score: double, link_count: int }
withdrawals:
  - id: model
    where: detector.id == "nudity-net" && detector.version == "7.3.0"
    from: 2025-04-10T00:00:00Z
    to: 2025-04-25T00:00:00Z
  - id: scanner
    where: detector.id == "scanner" && signals.adult_score >= 0.99 && signals.link_count > 10
    truth: "false"
  - id: listed
    flags_file: listed.txt
    truth: "false"
`

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-correction-'))
const at = (name: string): string => join(dir, name)

const historyFor = async (correction: Correction): Promise<History> => {
  const reading = { at: null, projected: false, withoutDamaged: false, onProgress: () => {} }
  return unwrap(await loadForReplay({ data: at('data'), correction, ...reading })).history
}

/** The CPU time of judging once, in ms. */
const cpuOf = (history: History, correction: Correction): number => {
  const start = process.cpuUsage()
  replay(history, correction)
  return cpuSince(start)
}

const cpuSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

try {
  measured(
    ...['simulate', '--accounts', String(Math.ceil(events / 10.27)), '--out', at('events.ndjson')],
    ...['--truth', at('truth.json'), '--ruleset', at('corrected.yaml')],
  )
  measured('ingest', at('events.ndjson'), '--data', at('data'))
  const ruleset = readFileSync(at('corrected.yaml'), 'utf8')
  const byRuleset = correctionOfRules(unwrap(parseRuleset(ruleset)))
  const beforeReading = process.cpuUsage()
  const history = await historyFor(byRuleset)
  const reading = cpuSince(beforeReading)
  const listed = [...history.flags.keys()].filter((_, i) => i % 10 === 0)
  const files = new Map([
    ['corrected.yaml', E.right(ruleset)],
    ['listed.txt', E.right(listed.join('\n'))],
  ])
  const byCorrection = unwrap(parseCorrection(DOCUMENT, files))

  const times = { ruleset: [] as Array<number>, correction: [] as Array<number> }
  for (let run = -1; run < runs; run++) {
    // Each first in turn: what the first leaves to be collected may cost the second.
    const first = run % 2 === 0 ? cpuOf(history, byRuleset) : null
    const correction = cpuOf(history, byCorrection)
    const ruleset = first ?? cpuOf(history, byRuleset)
    if (run === -1) continue // not yet compiled
    times.ruleset.push(ruleset)
    times.correction.push(correction)
  }
  const ms = (n: number): string => n.toFixed(0)
  const lines = table(
    [
      { title: 'judging, CPU ms', cell: ({ name }) => name },
      { title: 'median', align: 'right', cell: ({ of }) => ms(median(of)) },
      { title: 'lowest', align: 'right', cell: ({ of }) => ms(Math.min(...of)) },
      { title: 'highest', align: 'right', cell: ({ of }) => ms(Math.max(...of)) },
    ],
    [
      { name: 'by the corrected ruleset', of: times.ruleset },
      { name: `by a correction: three withdrawals, ${listed.length} flags listed`, of: times.correction },
    ],
  )
  const fastest = { ruleset: Math.min(...times.ruleset), correction: Math.min(...times.correction) }
  const judging = fastest.correction / fastest.ruleset
  const whole = (reading + fastest.correction) / (reading + fastest.ruleset)
  process.stdout.write(`${events} events, ${runs} runs each\n\n${lines.join('\n')}\n\n`)
  process.stdout.write(
    `The correction costs ${judging.toFixed(2)} times the ruleset in judging, by the fastest runs; ` +
      `${whole.toFixed(2)} times with reading the history (${ms(reading)} ms)\n`,
  )
} finally {
  rmSync(dir, { recursive: true })
}
