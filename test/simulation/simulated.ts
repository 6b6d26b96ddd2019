import { scenarios } from '../../src/simulation/population.ts'
import { type Simulation, simulate } from '../../src/simulation/simulate.ts'

/** An event parsed from its line, without decoding. */
export type Line = {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly traceparent?: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A simulation by its scenario's name. */
export const simulated = (name: string, seed: number, accounts: number): Simulation => {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`no scenario ${name}`)
  return simulate({ scenario, seed, accounts })
}

/** Each event once, as first delivered. */
export const eventsOf = (simulation: Simulation): ReadonlyArray<Line> => {
  const found = new Map<string, Line>()
  for (const text of simulation.lines()) {
    const line: Line = JSON.parse(text)
    const key = `${line.source} ${line.id}`
    if (!found.has(key)) found.set(key, line)
  }
  return [...found.values()]
}
