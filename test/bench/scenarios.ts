import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type SimulatedHistory, simulateToLedger } from '../../src/app/simulate/to-ledger.ts'
import { listTripwires } from '../../src/app/tripwires/list.ts'
import type { StoredEvent } from '../../src/domain/event.ts'
import { instantOf } from '../../src/domain/time.ts'
import type { TrippedWire } from '../../src/incidents/tripwires/tripwire.ts'
import { openExisting } from '../../src/ledger/open.ts'
import { readDecoded } from '../../src/ledger/read.ts'
import { scenarios } from '../../src/simulation/population.ts'
import type { GroundTruth } from '../../src/simulation/truth.ts'
import { unwrap } from '../ledger/events.ts'

/**
 * `node test/bench/scenarios.ts [--accounts N] [--seed N] [--fault-share N] [SCENARIO...]`: simulates scenarios on ledgers of
 * their own, and prints a Markdown table: what the rehearsal of each published version said, and when which tripwire was set
 * off first, next to what the truth says is at fault. Nothing is measured, so other load does not matter.
 */
const { values, positionals } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    'fault-share': { type: 'string', default: '1' },
  },
  allowPositionals: true,
})

type Faulty = GroundTruth['faulty'][number]

/** What is known of a simulated platform. */
type Outcome = {
  readonly history: SimulatedHistory
  readonly events: ReadonlyArray<Wanted>
  readonly tripped: ReadonlyArray<TrippedWire>
}

const outcomeOf = async (scenario: string): Promise<Outcome> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-bench-scenario-'))
  const data = join(dir, 'data')
  try {
    const history = unwrap(
      await simulateToLedger({
        ...{ scenario, data, seed: Number(values.seed), accounts: Number(values.accounts) },
        ...{ faultShare: Number(values['fault-share']), paired: false, holds: [], audited: false },
        files: { truth: join(dir, 'truth.json'), ruleset: null, correction: null },
        signal: new AbortController().signal,
        onOpen: () => {},
        onProgress: () => {},
      }),
    )
    const { tripped } = unwrap(await listTripwires({ data, at: null, onProgress: () => {} }))
    return { history, tripped, events: await wantedIn(data) }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** The publications of rulesets in a ledger, and its decisions. */
type Wanted = StoredEvent<'ruleset.published.v1' | 'account.deactivated.v1' | 'content.removed.v1'>

const isWanted = (event: StoredEvent): event is Wanted =>
  event.type === 'ruleset.published.v1' ||
  event.type === 'account.deactivated.v1' ||
  event.type === 'content.removed.v1'

const wantedIn = async (data: string): Promise<ReadonlyArray<Wanted>> => {
  const { ledger, close } = unwrap(await openExisting(data))
  const found: Wanted[] = []
  for await (const page of readDecoded(ledger, ledger.readAll(null))) {
    for (const { event } of unwrap(page)) if (isWanted(event)) found.push(event)
  }
  await close()
  return found
}

/** When wrongful decisions were recorded. */
const wrongfulTimes = ({ history, events }: Outcome): ReadonlyArray<number> => {
  const wrongful = new Set(history.truth.wrongful)
  return events.flatMap((event) =>
    event.type !== 'ruleset.published.v1' && wrongful.has(event.data.decisionId)
      ? instantOf(event.recordedat)
      : [],
  )
}

const faultText = ({ ruleset: _, from, to: __, ...names }: Faulty): string =>
  `${Object.values(names).join(' ')}, ${dayAndTime(Date.parse(from))}`

const dayAndTime = (at: number): string => new Date(at).toISOString().slice(5, 16).replace('T', ' ')

/** What the rehearsals of the versions said that have a predecessor. */
const rehearsalTexts = ({ history, events }: Outcome): ReadonlyArray<string> => {
  const refused = new Map(history.refusals.map(({ version, unexpected }) => [version, unexpected]))
  return events.flatMap((event) => {
    if (event.type !== 'ruleset.published.v1' || event.data.rehearsal === undefined) return []
    const { ruleset, rehearsal } = event.data
    const found = refused.get(ruleset.version)
    if (found !== undefined) {
      const rules = found.map(({ rule, newlyFired, fired }) => `${rule} +${newlyFired} to ${fired}`)
      return `${ruleset.version} refused: ${rules.join(', ')}; ${rehearsal.reason ?? ''}`
    }
    const rules = Object.entries(rehearsal.rules).map(([rule, { newOnly }]) => `${rule} +${newOnly}`)
    return rules.length === 0 ? [] : `${ruleset.version}: ${rules.join(', ')}`
  })
}

/** Whether a wire points at what is at fault: by its source, by what it is about, or by whose decisions set it off. */
const isTrue = ({ source, value, at, events: by }: TrippedWire, { history, events }: Outcome): boolean => {
  const ids = new Set(by.map(({ id }) => id))
  const deciders = new Set<string>(
    events.flatMap((event) =>
      event.type !== 'ruleset.published.v1' && ids.has(event.id) ? event.data.decidedBy.id : [],
    ),
  )
  return history.truth.faulty.some((fault) => {
    const isNamed =
      fault.source === source ||
      fault.version === value.version ||
      (fault.decidedBy !== undefined && deciders.has(fault.decidedBy))
    // Some of what it sends arrives long after it has ended.
    const isSince = at >= Date.parse(fault.from)
    return isNamed && isSince && (fault.rule === undefined || fault.rule === value.rule)
  })
}

/** Wires, each with its first time. */
const wireTexts = (outcome: Outcome): ReadonlyArray<string> => {
  const wrongful = wrongfulTimes(outcome)
  const first = new Map<string, TrippedWire>()
  for (const one of outcome.tripped) {
    const key = `${isTrue(one, outcome) ? '' : 'nothing at fault: '}${one.wire} (${one.source.split('/').at(-1)})`
    if (!first.has(key)) first.set(key, one)
  }
  return Array.from(first, ([key, { at }]) => {
    const before = wrongful.filter((time) => time < at).length
    return `${key} ${dayAndTime(at)}, ${before} of ${wrongful.length} wrongful before`
  })
}

const cell = (lines: ReadonlyArray<string>): string => (lines.length === 0 ? '–' : lines.join('<br>'))

process.stdout.write(
  '| scenario | at fault, since | rehearsals that found anything | tripwires, when first |\n|---|---|---|---|\n',
)
for (const { name } of scenarios) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const outcome = await outcomeOf(name)
  const cells = [outcome.history.truth.faulty.map(faultText), rehearsalTexts(outcome), wireTexts(outcome)]
  process.stdout.write(`| ${[`\`${name}\``, ...cells.map(cell)].join(' | ')} |\n`)
}
