import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What a run of a process took. */
export type Measured = {
  readonly seconds: number
  /** The CPU time of all its threads together. */
  readonly cpuSeconds: number
  /** The peak memory of all its threads together, in MB. */
  readonly mb: number
}

export const redressMain = join(import.meta.dirname, '../../src/cli/main.ts')
const REPORT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  process.stderr.write('cpu ' + (userCPUTime + systemCPUTime) + ' peak ' + maxRSS + '\\n')
})`

/** Runs a TypeScript file in its own process, to its end; throws if it fails. */
export const measuredFile = (file: string, ...args: ReadonlyArray<string>): Measured => {
  const start = performance.now()
  const preload = `data:text/javascript,${encodeURIComponent(REPORT)}`
  const run = spawnSync(process.execPath, ['--import', preload, file, ...args], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${args.join(' ')}: exit ${run.status}\n${run.stderr}`)
  const seconds = (performance.now() - start) / 1000
  const [, cpu, peak] = /cpu (\d+) peak (\d+)/.exec(run.stderr) ?? []
  return { seconds, cpuSeconds: Number(cpu) / 1e6, mb: Number(peak) / 1024 }
}

/** Runs a redress command. */
export const measured = (...args: ReadonlyArray<string>): Measured => measuredFile(redressMain, ...args)

export const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

/** One line of the result: events a second over the runs, and the memory. */
export type Figure = {
  readonly name: string
  readonly median: number
  readonly least: number
  readonly most: number
  readonly peakMb: number | null
}

export const figure = (
  name: string,
  rates: ReadonlyArray<number>,
  mb: ReadonlyArray<number> = [],
): Figure => ({
  name,
  median: Math.round(median(rates)),
  least: Math.round(Math.min(...rates)),
  most: Math.round(Math.max(...rates)),
  peakMb: mb.length === 0 ? null : Math.round(Math.max(...mb)),
})

/** The figure of a command over its runs. */
export const commandFigure = (name: string, events: number, runs: ReadonlyArray<Measured>): Figure =>
  figure(
    name,
    runs.map(({ seconds }) => events / seconds),
    runs.map(({ mb }) => mb),
  )
