import * as E from '#fp/Either'
import type { StoredEvent } from '../../domain/event.ts'
import { formatInstant } from '../../domain/time.ts'
import type {
  Agent,
  PlannedHold,
  PlannedPublication,
  PlannedStep,
  RefusedPublication,
} from '../../simulation/agent.ts'
import { MINUTE } from '../../simulation/calendar.ts'
import type { Arrival } from '../../simulation/simulate.ts'
import type { AppError } from '../error.ts'
import { agendaOf } from './agenda.ts'

/** A ledger whose clock says what it was set to. */
export type SimulatedLedger = {
  /** In ms since the epoch; never back. */
  readonly setClock: (now: number) => void
  /** Takes in lines, in one commit. */
  readonly take: (lines: ReadonlyArray<string>) => Promise<E.Either<AppError, null>>
  /** Publishes a version; null: it is published. */
  readonly publish: (planned: PlannedPublication) => Promise<E.Either<AppError, RefusedPublication | null>>
  /** Asks for a hold. */
  readonly hold: (planned: PlannedHold) => Promise<E.Either<AppError, null>>
  /** What was recorded since the last call. */
  readonly recorded: () => Promise<E.Either<AppError, ReadonlyArray<StoredEvent>>>
  /** When time must go by in it unless something is recorded before, by what `recorded` has returned; null: never. */
  readonly tickDue: () => number | null
  /** Lets time go by after what was recorded last. */
  readonly tick: () => Promise<E.Either<AppError, null>>
}

export type SimulatedTimeOptions = {
  /** What the services send, in the order of time. */
  readonly arrivals: Iterable<Arrival>
  readonly agents: ReadonlyArray<Agent>
  /** When time begins: before everything else (ms since the epoch). */
  readonly from: number
  readonly ledger: SimulatedLedger
  readonly signal: AbortSignal
  /** Called with how many things have happened. */
  readonly onProgress: (done: number) => void
}

/** The agents look this long after the first event that they have not seen: people and services take their time. */
const LOOK_AFTER = MINUTE

/**
 * Lets time pass: what arrives is recorded at that time, and the agents look at the ledger and react. Each commit is of one
 * simulated second; its events get the time of the last one's arrival. Where something is due and nothing arrives, time
 * goes by in the ledger as well.
 */
export const passTime = async ({
  arrivals,
  from,
  ledger,
  signal,
  onProgress,
  ...options
}: SimulatedTimeOptions): Promise<E.Either<AppError, void>> => {
  const agenda = agendaOf(arrivals)
  let { agents } = options
  let lookAt: number | null = from
  let refused: ReadonlyArray<RefusedPublication> = []
  let happened = 0
  for (;;) {
    if (signal.aborted) return stopped(agenda.next())
    const next = agenda.next()
    if (lookAt !== null && (next === null || lookAt <= next)) {
      const now = lookAt
      lookAt = null
      ledger.setClock(now)
      const recorded = await ledger.recorded()
      if (E.isLeft(recorded)) return recorded
      const seen = { now, recorded: recorded.right, refused }
      const reactions = agents.map((agent) => agent(seen))
      refused = []
      agents = reactions.map(({ next: after }) => after)
      agenda.add(reactions.flatMap(({ plans }) => plans.map((plan) => afterwards(plan, now))))
      continue
    }
    // Known only when all was seen.
    const tickAt: number | null = lookAt === null ? ledger.tickDue() : null
    if (tickAt !== null && (next === null || tickAt < next)) {
      ledger.setClock(tickAt)
      const ticked = await ledger.tick()
      if (E.isLeft(ticked)) return ticked
      lookAt = tickAt + LOOK_AFTER
      continue
    }
    if (next === null) return E.right(undefined)
    const plans = agenda.takeSecond()
    const done = await carryOut(stepsOf(plans), ledger)
    if (E.isLeft(done)) return done
    refused = [...refused, ...done.right]
    lookAt ??= (plans.at(-1)?.at ?? next) + LOOK_AFTER
    happened += plans.length
    onProgress(happened)
  }
}

const afterwards = (plan: PlannedStep, now: number): PlannedStep => {
  if (plan.at < now) throw new RangeError(`planned at ${formatInstant(now)} for ${formatInstant(plan.at)}`)
  return plan
}

/** What happens at once: a publication, a hold, or lines that arrive one after the other. */
type Step =
  | { readonly kind: 'send'; at: number; readonly lines: string[] }
  | ((PlannedPublication | PlannedHold) & { readonly at: number })

const stepsOf = (plans: ReadonlyArray<PlannedStep>): ReadonlyArray<Step> => {
  const steps: Step[] = []
  for (const plan of plans) {
    const last = steps.at(-1)
    if (plan.kind !== 'send') steps.push(plan)
    else if (last?.kind === 'send') {
      last.lines.push(plan.line)
      last.at = plan.at
    } else steps.push({ kind: 'send', at: plan.at, lines: [plan.line] })
  }
  return steps
}

/** Returns the publications that were refused. */
const carryOut = async (
  steps: ReadonlyArray<Step>,
  ledger: SimulatedLedger,
): Promise<E.Either<AppError, ReadonlyArray<RefusedPublication>>> => {
  const refused: RefusedPublication[] = []
  for (const step of steps) {
    ledger.setClock(step.at)
    const done = await carriedOut(step, ledger)
    if (E.isLeft(done)) return done
    if (done.right !== null) refused.push(done.right)
  }
  return E.right(refused)
}

const carriedOut = (step: Step, ledger: SimulatedLedger): ReturnType<SimulatedLedger['publish']> => {
  if (step.kind === 'publish') return ledger.publish(step)
  return step.kind === 'hold' ? ledger.hold(step) : ledger.take(step.lines)
}

const stopped = (at: number | null): E.Either<AppError, never> =>
  E.left({
    kind: 'stopped',
    message: 'the simulation was stopped',
    details:
      at === null
        ? []
        : [`It had come to ${formatInstant(at)}; what was recorded until then is in the folder.`],
  })
