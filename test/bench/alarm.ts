import { parseArgs } from 'node:util'
import { scenarios } from '../../src/simulation/population.ts'
import { MONTHS, type Noticed, type Platform, type Seen, seenOn } from './alarm/simulated.ts'
import { median } from './measure.ts'

/**
 * `npm run bench:alarm -- [--accounts N] [--seeds N] [--from SEED] [--months N] [--false-alarms-a-year N] [PLATFORM...]`: simulates platforms, each with its
 * own seed, and prints a Markdown table: when the alarm sounded about what is at fault, and how often about what is not,
 * next to an hourly binomial test of flag rates. Everything is counted in simulated time, so other load does not matter.
 */
const { values, positionals } = parseArgs({
  options: {
    accounts: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '5' },
    from: { type: 'string', default: '1001' },
    months: { type: 'string', default: '30' },
    'false-alarms-a-year': { type: 'string', default: '1' },
  },
  allowPositionals: true,
})
const accounts = Number(values.accounts)
const falseAlarmsAYear = Number(values['false-alarms-a-year'])
const clean = Math.ceil(Number(values.months) / MONTHS / 2)

type Row = Pick<Platform, 'faultShare' | 'paired' | 'audited'> & {
  readonly name: string
  readonly scenario: string
  readonly seeds: number
}

/** A fault, and the same on a tenth of the accounts. */
const fault = (
  name: string,
  scenario: string,
  { paired = false, audited = false } = {},
): ReadonlyArray<Row> => {
  const row = { scenario, paired, audited, seeds: Number(values.seeds) }
  return [
    { ...row, name, faultShare: 1 },
    { ...row, name: `${name}, a tenth`, faultShare: 0.1 },
  ]
}

/** Nothing that an alarm should be about, with all that alarms look at. */
const nothing = (name: string, scenario: string, seeds = Number(values.seeds)): Row => ({
  ...{ name, scenario, seeds, faultShare: 1, paired: true, audited: true },
})

const rows: ReadonlyArray<Row> = [
  ...fault('threshold typo', 'threshold-typo'),
  ...fault('bad model, paired scores', 'detector-gone-bad', { paired: true }),
  ...fault('bad model, audits', 'detector-gone-bad', { audited: true }),
  ...fault('bad model, neither', 'detector-gone-bad'),
  ...fault('pipeline fault', 'pipeline-fault'),
  nothing('late publication', 'late-publication'),
  nothing('expected tightening', 'expected-tightening'),
  nothing('honest new rule', 'honest-new-rule'),
  nothing('clean', 'calm', clean),
  nothing('clean, bursts and spam waves', 'spam-waves', clean),
]

const seenIn = async ({ name, scenario: id, seeds, ...options }: Row): Promise<ReadonlyArray<Seen>> => {
  const scenario = scenarios.find((one) => one.name === id)
  if (scenario === undefined) throw new RangeError(`no such scenario: ${id}`)
  const seen: Seen[] = []
  for (let i = 0; i < seeds; i++) {
    const seed = Number(values.from) + i
    const one = await seenOn({ scenario, seed, accounts, falseAlarmsAYear, ...options })
    seen.push(one)
    process.stderr.write(`${JSON.stringify({ name, accounts, seed, ...one })}\n`)
  }
  return seen
}

/** The median and the longest, in minutes, hours or days. */
const timesText = (runs: ReadonlyArray<Noticed>): string => {
  const times = runs.flatMap(({ fault }) => (fault === null ? [] : [fault.after]))
  if (times.length === 0) return 'never'
  const missed = times.length === runs.length ? '' : `; in ${times.length} of ${runs.length}`
  return `${timeText(median(times))} (${timeText(Math.max(...times))})${missed}`
}

const MINUTE = 60_000
const timeText = (ms: number): string => {
  if (ms < 0) return 'before'
  if (ms < 120 * MINUTE) return `${Math.ceil(ms / MINUTE)} min`
  return ms < 48 * 60 * MINUTE ? `${(ms / MINUTE / 60).toFixed(1)} h` : `${(ms / MINUTE / 1440).toFixed(1)} d`
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const sharesText = (runs: ReadonlyArray<Noticed>): string => {
  const shares = runs.flatMap(({ fault }) => (fault === null ? [] : [fault.share]))
  return shares.length === 0 ? '–' : `${percent(median(shares))} (${percent(Math.max(...shares))})`
}

const falseText = (runs: ReadonlyArray<Noticed>): string => {
  const number = runs.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0)
  return number === 0 ? '0' : (number / (runs.length * MONTHS)).toFixed(1)
}

const line = (cells: ReadonlyArray<string>): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

line([
  ...['platform', 'runs', 'wrongful decisions', 'an hour at first', 'accounts flagged an hour'],
  ...['alarm after', 'share by then', 'false a month', 'test after', 'share by then', 'false a month'],
])
line(Array.from({ length: 11 }, (_, i) => (i === 0 ? '---' : '---:')))
for (const row of rows) {
  if (positionals.length > 0 && !positionals.includes(row.name)) continue
  const seen = await seenIn(row)
  const [alarms, tests] = [seen.map(({ alarm }) => alarm), seen.map(({ binomial }) => binomial)]
  const hasFault = seen.some(({ wrongful }) => wrongful > 0)
  const found = (runs: ReadonlyArray<Noticed>) =>
    hasFault ? [timesText(runs), sharesText(runs)] : ['–', '–']
  line([
    row.name,
    String(seen.length),
    String(median(seen.map(({ wrongful }) => wrongful))),
    median(seen.map(({ anHour }) => anHour.wrongful)).toFixed(1),
    median(seen.map(({ anHour }) => anHour.accounts)).toFixed(1),
    ...[...found(alarms), falseText(alarms)],
    ...[...found(tests), falseText(tests)],
  ])
}
