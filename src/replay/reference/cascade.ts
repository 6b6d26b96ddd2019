import TinyQueue from 'tinyqueue'
import { comparePlaces, type Place } from '../../domain/order.ts'
import { memo } from '../../foundation/memo.ts'
import type { Truth } from '../../rulesets/ruleset.ts'
import { isInScope, type PlacedDecision, type PlacedFlag } from '../model/history.ts'
import { capsBy, isUncertain } from './caps.ts'
import { type Dependents, decisionsByLateGround, indexDependents } from './dependents.ts'
import {
  type CorrectedVerdicts,
  classify,
  correctedVerdicts,
  isWrongful,
  type JudgementSoFar,
  judgeAccount,
} from './judge.ts'
import type { JudgingContext } from './judging-context.ts'
import type { Read } from './reading.ts'
import { lower } from './truth.ts'

/** All judgements, once the cascades have settled. */
export type Judged = {
  readonly byDecision: ReadonlyMap<string, JudgementSoFar>
  /** The context, in which B reads flags with the cascades. */
  readonly context: JudgingContext
}

/**
 * Judges every account, first without cascades, then again whatever depends on a flag that fell with a decision that it
 * exists because of, until nothing changes. Truth only falls, so the result does not depend on the order of work.
 *
 * The work goes in waves, each once through time: a flag is capped before the decisions after it are judged, and those
 * before the flags that refer to them. Only references to something later (clocks differ) require another wave.
 */
export const judgeAll = (uncascaded: JudgingContext): Judged => {
  const { history } = uncascaded
  const caps = new Map<PlacedFlag, Truth>()
  const capped =
    (read: Read): Read =>
    (flag) => {
      const reading = read(flag)
      const cap = caps.size === 0 ? undefined : caps.get(flag)
      return cap === undefined ? reading : { ...reading, truth: lower(reading.truth, cap), cap }
    }
  const { corrected } = uncascaded
  const context: JudgingContext = {
    ...uncascaded,
    corrected: {
      ...corrected,
      read: memo((own) => capped(corrected.read(own))),
      agreeOn: (account) =>
        corrected.agreeOn(account) && (caps.size === 0 || !account.flags.some((flag) => caps.has(flag))),
    },
  }
  const byDecision = new Map<string, JudgementSoFar>()
  for (const account of history.accounts.values()) {
    for (const judgement of judgeAccount(context, account)) {
      byDecision.set(judgement.decision.data.decisionId, judgement)
    }
  }
  const dependents = indexDependents(history)
  let due: Due = new Map([...dependents.ofAccount.keys()].map((account) => [account, { flagsFrom: null }]))
  const lateFor = due.size === 0 ? new Map() : decisionsByLateGround(byDecision)
  while (due.size > 0) due = wave(due, { context, dependents, lateFor, caps, byDecision })
  return { byDecision, context }
}

/** What the next wave must process, by account: flags that exist because of its decisions, and its decisions. */
type Due = Map<string, { flagsFrom?: Place | null; decisionsFrom?: Place }>

type State = {
  readonly context: JudgingContext
  readonly dependents: Dependents
  readonly lateFor: ReadonlyMap<PlacedFlag, ReadonlyArray<PlacedDecision>>
  readonly caps: Map<PlacedFlag, Truth>
  readonly byDecision: Map<string, JudgementSoFar>
}

/** A step at a place in time, which schedules the next of the same kind and account. */
type Step = { readonly place: Place; readonly run: () => void }

/** Passes once through time; returns what then remains to be done at earlier places. */
const wave = (due: Due, state: State): Due => {
  const { context, dependents, lateFor, caps, byDecision } = state
  const { history } = context
  const steps = new TinyQueue<Step>([], (a, b) => comparePlaces(a.place, b.place))
  const rest: Due = new Map()
  const capOf = capsBy(context, byDecision)
  const flagsUnderWay = new Set<string>()
  const decisionsUnderWay = new Set<string>()

  const capFlags = (account: string, index: number): void => {
    const flag = dependents.ofAccount.get(account)?.[index]
    if (flag === undefined) {
      flagsUnderWay.delete(account)
      return
    }
    flagsUnderWay.add(account)
    steps.push({
      place: flag.place,
      run: () => {
        const before = caps.get(flag) ?? 'true'
        const cap = lower(before, capOf(flag))
        caps.set(flag, cap)
        if (cap !== before) flagFell(flag)
        capFlags(account, index + 1)
      },
    })
  }
  const flagFell = (flag: PlacedFlag): void => {
    if (!decisionsUnderWay.has(flag.account)) judgeFrom(flag.account, flag.place)
    for (const decision of lateFor.get(flag) ?? [])
      postpone(decision.account, 'decisionsFrom', decision.place)
  }

  const judgeFrom = (account: string, from: Place): void => {
    const found = history.accounts.get(account)
    const last = found?.decisions.at(-1)
    if (found === undefined || last === undefined || comparePlaces(last.place, from) < 0) return
    judgeNext(account, correctedVerdicts(context, found), 0, from)
  }
  const judgeNext = (
    account: string,
    verdicts: CorrectedVerdicts,
    index: number,
    from: Place | null,
  ): void => {
    const decisions = history.accounts.get(account)?.decisions ?? []
    for (let at = index; ; at++) {
      const decision = decisions[at]
      if (decision === undefined) {
        decisionsUnderWay.delete(account)
        return
      }
      const judgement = byDecision.get(decision.data.decisionId)
      if (judgement === undefined || !isInScope(decision, context.corrected.id)) continue
      if (from !== null && comparePlaces(decision.place, from) < 0) {
        verdicts.sawClass(judgement.class)
        continue
      }
      decisionsUnderWay.add(account)
      steps.push({
        place: decision.place,
        run: () => {
          judgeAgain(judgement, verdicts)
          judgeNext(account, verdicts, at + 1, null)
        },
      })
      return
    }
  }
  const judgeAgain = (before: JudgementSoFar, verdicts: CorrectedVerdicts): void => {
    const { decision, evidence, original } = before
    const corrected = verdicts.verdictOn(decision, evidence)
    const after = { ...before, corrected, class: classify(decision, original, corrected) }
    verdicts.sawClass(after.class)
    byDecision.set(decision.data.decisionId, after)
    if (isWrongful(after.class) !== isWrongful(before.class) || isUncertain(after) !== isUncertain(before)) {
      decisionFell(decision)
    }
  }
  /** Flags that refer to it, or to another decision of its account, may fall: it no longer holds the account. */
  const decisionFell = ({ account, place, data }: PlacedDecision): void => {
    if (!flagsUnderWay.has(account)) capFlags(account, dependents.indexFrom(account, place))
    const [earliest] = dependents.ofDecision.get(data.decisionId) ?? []
    if (earliest !== undefined && comparePlaces(earliest.place, place) < 0) {
      postpone(account, 'flagsFrom', earliest.place)
    }
  }
  const postpone = (account: string, what: 'flagsFrom' | 'decisionsFrom', place: Place): void => {
    const known = rest.get(account) ?? {}
    const from = known[what]
    if (from === undefined || (from !== null && comparePlaces(place, from) < 0)) known[what] = place
    rest.set(account, known)
  }

  // Each from its place on, and not before the work reaches it: what is under way at a later place would pass over what
  // falls until then.
  for (const [account, { flagsFrom, decisionsFrom }] of due) {
    if (flagsFrom === null) capFlags(account, 0)
    else if (flagsFrom !== undefined) {
      const run = (): void => {
        if (!flagsUnderWay.has(account)) capFlags(account, dependents.indexFrom(account, flagsFrom))
      }
      steps.push({ place: flagsFrom, run })
    }
    if (decisionsFrom !== undefined) {
      const run = (): void => {
        if (!decisionsUnderWay.has(account)) judgeFrom(account, decisionsFrom)
      }
      steps.push({ place: decisionsFrom, run })
    }
  }
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) step.run()
  return rest
}
