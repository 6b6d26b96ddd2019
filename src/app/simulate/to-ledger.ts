import { readdir } from 'node:fs/promises'
import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { describeSystemError, isSystemError } from '../../foundation/files/file-error.ts'
import { makeFolder } from '../../foundation/files/folder.ts'
import { tripwiresOn } from '../../incidents/tripwires/over-ledger.ts'
import type { TrippedWire } from '../../incidents/tripwires/tripwire.ts'
import { packed } from '../../ingest/accept/batch.ts'
import { directDecoder } from '../../ingest/accept/decoder.ts'
import { describeIngestError, type Ingestor, openIngestor } from '../../ingest/pipeline/ingestor.ts'
import type { Position } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import { compileRuleset, describeProblem } from '../../rulesets/document.ts'
import { auditReviewer } from '../../simulation/agents/audit-reviewer.ts'
import { incidentLead } from '../../simulation/agents/incident-lead.ts'
import { policyTeam } from '../../simulation/agents/policy-team.ts'
import { DAY, dawn } from '../../simulation/calendar.ts'
import type { Scenario } from '../../simulation/persona.ts'
import { services } from '../../simulation/services/directory.ts'
import { type Simulation, simulate } from '../../simulation/simulate.ts'
import type { GroundTruth } from '../../simulation/truth.ts'
import { type LastEvent, tickClock, tickDue } from '../clock-tick.ts'
import { type AppError, failed, invalid } from '../error.ts'
import { requestHold } from '../hold/request.ts'
import { emptyTally, type IngestTally, tallyUp } from '../ingest/tally.ts'
import { fileResult, ledgerResult } from '../results.ts'
import { publishVersion } from '../ruleset/publish.ts'
import type { Rehearsed } from '../ruleset/rehearse.ts'
import { openStores, type Stores } from '../stores.ts'
import {
  checkSimulation,
  type SimulationDocuments,
  type SimulationRequest,
  writeDocuments,
} from './documents.ts'
import { passTime, type SimulatedLedger } from './simulated-time.ts'

export type SimulateToLedgerOptions = SimulationRequest &
  Omit<RecordOptions, 'scenario' | 'simulation'> & {
    /** None of them may exist. */
    readonly files: SimulationDocuments
  }

export type RecordOptions = {
  readonly scenario: Scenario
  readonly simulation: Simulation
  /** The data folder: empty, or missing. */
  readonly data: string
  /** Whether a reviewer audits decisions. */
  readonly audited: boolean
  /** Stops it. */
  readonly signal: AbortSignal
  /** Called before the first event is recorded. */
  readonly onOpen: () => void
  /** Called with how much has happened, and how much is planned. */
  readonly onProgress: (done: number, total: number) => void
}

/** What was simulated and recorded. */
export type SimulatedHistory = {
  readonly truth: GroundTruth
  /** What the services sent; publications are not in it. */
  readonly tally: IngestTally
  readonly publications: number
  /** What was published only at the second attempt. */
  readonly refusals: ReadonlyArray<RefusedVersion>
  /** The tripwires that were set off meanwhile, in order. */
  readonly tripped: ReadonlyArray<TrippedWire>
}

/** A version that was not published, because of what its rehearsal found; times in ms since the epoch. */
export type RefusedVersion = {
  readonly at: number
  readonly version: string
  readonly unexpected: Rehearsed['unexpected']
  /** When it was published all the same, and why. */
  readonly anyway: { readonly at: number; readonly reason: string }
}

/** Simulates a platform on a ledger of its own, as `recordSimulation` does, and writes the documents about it. */
export const simulateToLedger = async ({
  files,
  ...options
}: SimulateToLedgerOptions): Promise<E.Either<AppError, SimulatedHistory>> => {
  const scenario = await checkSimulation(options.scenario, files, [])
  if (E.isLeft(scenario)) return scenario
  const simulated = {
    scenario: scenario.right,
    simulation: simulate({ ...options, scenario: scenario.right }),
  }
  const history = await recordSimulation({ ...options, ...simulated })
  if (E.isLeft(history)) return history
  const written = await writeDocuments(history.right.truth, files)
  return E.isLeft(written) ? written : history
}

/**
 * Records a simulated platform in a ledger of its own: events when they arrive in simulated time; versions of rulesets are
 * published as by `ruleset publish`, and agents react to what the ledger says.
 */
export const recordSimulation = async ({
  scenario,
  simulation,
  data,
  audited,
  signal,
  onOpen,
  onProgress,
}: RecordOptions): Promise<E.Either<AppError, SimulatedHistory>> => {
  const folder = await makeEmptyFolder(data)
  if (E.isLeft(folder)) return folder
  const { truth, releases, lineCount, holds } = simulation

  const time = { now: dawn }
  const clock = () => time.now
  const stores = await openStores({ data, clock, disposable: true })
  if (E.isLeft(stores)) return stores
  const tally = emptyTally()
  const refusals: RefusedVersion[] = []
  const tripped: TrippedWire[] = []
  const ingestor = openIngestor({ ...stores.right, decoder: directDecoder(), trust: 'all' })
  const ledger: SimulatedLedger = {
    setClock: (now) => {
      time.now = now
    },
    take: taking(ingestor, tally),
    hold: async ({ key }) =>
      E.map(() => null)(
        await requestHold({ data, clock, key, by: 'incident lead', reason: 'an alarm suspects it' }),
      ),
    publish: publishing({ data, clock, onRefusal: (refusal) => refusals.push(refusal) }),
    ...watching(stores.right, (wires) => tripped.push(...wires)),
  }
  onOpen()
  const passed = await passTime({
    arrivals: withoutPublications(simulation.arrivals()),
    agents: [
      policyTeam({ releases, isCareless: scenario.mistakes.typo }),
      ...(audited ? [auditReviewer(truth)] : []),
      ...(holds.length > 0 ? [incidentLead(holds)] : []),
    ],
    from: dawn,
    ledger,
    signal,
    // Agents do more than was planned at first.
    onProgress: (done) => onProgress(Math.min(done, lineCount), lineCount),
  }).finally(stores.right.close)
  if (E.isLeft(passed)) return passed
  return E.right({ truth, tally, publications: releases.length, refusals, tripped })
}

const makeEmptyFolder = async (data: string): Promise<E.Either<AppError, void>> => {
  const made = fileResult(await makeFolder(data))
  if (E.isLeft(made)) return made
  try {
    if ((await readdir(data)).length === 0) return E.right(undefined)
    return invalid(`${data} is not empty: name an empty folder, or a new one`, 'data')
  } catch (error) {
    if (!isSystemError(error)) throw error
    return failed(describeSystemError(error))
  }
}

/** Publications go through the use case instead, which takes no event. */
function* withoutPublications<A extends { readonly type: string }>(arrivals: Iterable<A>): Generator<A> {
  for (const arrival of arrivals) if (arrival.type !== 'ruleset.published.v1') yield arrival
}

const taking =
  (ingestor: Ingestor, tally: IngestTally): SimulatedLedger['take'] =>
  async (lines) => {
    const encoder = new TextEncoder()
    const taken = await ingestor.take({
      ...packed(lines.map((line) => encoder.encode(line))),
      origin: () => 'simulation',
      setAside: new Map(),
    })
    if (E.isLeft(taken)) return failed(describeIngestError(taken.left))
    tallyUp(tally, taken.right)
    return E.right(null)
  }

type Publisher = {
  readonly data: string
  readonly clock: () => number
  /** Called when a version that was refused is published all the same. */
  readonly onRefusal: (refusal: RefusedVersion) => void
}

const publishing = ({ data, clock, onRefusal }: Publisher): SimulatedLedger['publish'] => {
  const unpublished = new Map<string, Omit<RefusedVersion, 'anyway'>>()
  return async ({ release, expected, unrehearsed }) => {
    const { document, effectiveFrom } = release
    const ruleset = compileRuleset(document)
    if (E.isLeft(ruleset)) throw new Error(ruleset.left.map(describeProblem).join('; '))
    const { source } = services.policy
    const published = await publishVersion({
      ...{ data, clock, ruleset: ruleset.right, document, source, effectiveFrom },
      ...{ by: 'policy team', unrehearsed, over: 7 * DAY, sample: 0 },
      expectations: new Map([...expected].map(([rule, value]) => [rule, { kind: 'number', value }])),
      onProgress: () => {},
      onReference: () => {},
    })
    if (E.isLeft(published)) return published
    const { version } = document
    if (published.right.kind === 'unexpected') {
      const { unexpected } = published.right.rehearsed
      unpublished.set(version, { at: clock(), version, unexpected })
      return E.right({ release, newlyFired: new Map(unexpected.map((of) => [of.rule, of.newlyFired])) })
    }
    const refusal = unpublished.get(version)
    const reason = published.right.publication.event.data.rehearsal?.reason
    if (refusal !== undefined && reason !== undefined) {
      onRefusal({ ...refusal, anyway: { at: clock(), reason } })
    }
    return E.right(null)
  }
}

/** Reads on from where it ended the last time, and takes what it reads into the tripwires. */
const watching = (
  { ledger, vault }: Pick<Stores, 'ledger' | 'vault'>,
  onTripped: (wires: ReadonlyArray<TrippedWire>) => void,
): Pick<SimulatedLedger, 'recorded' | 'tickDue' | 'tick'> => {
  const wires = tripwiresOn({ ledger, vault })
  let position: Position | null = null
  let last: LastEvent = { sequence: 0, recordedAt: dawn }
  return {
    recorded: async () => {
      const events: StoredEvent[] = []
      for await (const page of readDecoded(ledger, ledger.readAll(position))) {
        if (E.isLeft(page)) return ledgerResult(page)
        for (const decoded of page.right) {
          const { recorded, event } = decoded
          const taken = ledgerResult(await wires.take(decoded))
          if (E.isLeft(taken)) return taken
          onTripped(taken.right)
          events.push(event)
          position = recorded.position
          last = { sequence: recorded.sequence, recordedAt: instantOf(event.recordedat) }
        }
      }
      return E.right(events)
    },
    tickDue: () => tickDue(wires.nextDue(), last),
    tick: () => tickClock(ledger, last),
  }
}
