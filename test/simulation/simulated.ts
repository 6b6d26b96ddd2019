import type { Scenario } from '../../src/simulation/persona.ts'
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

export const scenarioNamed = (name: string): Scenario => {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`no scenario ${name}`)
  return scenario
}

/** A simulation by its scenario's name. */
export const simulated = (name: string, seed: number, accounts: number, faultShare = 1): Simulation =>
  simulate({ scenario: scenarioNamed(name), seed, accounts, faultShare })

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
