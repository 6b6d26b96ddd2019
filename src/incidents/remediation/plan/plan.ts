import * as E from '#fp/Either'
import type { LedgerError } from '../../../ledger/port.ts'
import { versionsByName } from '../../../replay/model/versions.ts'
import { strikesGiven } from '../../../replay/reference/reading.ts'
import type { Replay } from '../../../replay/result/replay.ts'
import type { ExceptableRow } from '../exceptions/exception.ts'
import { collectPlanCounts } from './counts.ts'
import { type AccountDraft, type Deciding, draftAccounts, type PlannableReplay } from './draft.ts'
import { type EffectsAsOf, effectsOf } from './effects.ts'
import type { AccountPlan, PlanHead, Sampled } from './model.ts'
import type { ReadAccount } from './read-accounts.ts'
import { drawSample } from './sample.ts'
import { divideIntoWaves, type Waiting, type WaveStep } from './waves.ts'

/** What a plan is made of. */
export type PlanSource = Deciding & {
  /** A replay of everything, with the false strikes of the incident's suspects (`suspectedFlags`). */
  readonly replay: PlannableReplay & Pick<Replay, 'digest' | 'inForce'>
  /** The ledger's sequence that it read up to. */
  readonly sequence: number
  /** The latest occurredAt of what it read, in ms; null: nothing. */
  readonly end: number | null
  /** How many decisions two people are to judge before the plan is approved. */
  readonly sample: number
  readonly waves: ReadonlyArray<WaveStep>
  /** Reads accounts as they were at `sequence` (`accountsAt`). */
  readonly readAccount: ReadAccount
}

/** A plan, but for the effects, which take reading each account. */
export type DraftedPlan = {
  /** Every row, left out or not: what exceptions must name. */
  readonly rows: ReadonlyArray<ExceptableRow>
  /** In an order that mixes strata. */
  readonly sample: ReadonlyArray<Sampled>
  /**
   * Reads the accounts and hands over what is planned for each, by account id (UTF-8), some at a time; then returns the head.
   * Left: an account could not be read, or what `take` returned.
   */
  readonly finish: (finishing: Finishing) => Promise<E.Either<LedgerError, PlanHead>>
}

export type Finishing = {
  readonly about: Pick<PlanHead, 'incidentId' | 'correctionSha256' | 'correction' | 'exceptionsSha256'>
  readonly take: (accounts: ReadonlyArray<AccountPlan>) => Promise<E.Either<LedgerError, void>>
  /** Called periodically with how many accounts are done, and the total. */
  readonly onProgress: (done: number, total: number) => void
}

/** How many accounts are read at once and handed over together. */
const PAGE = 64

/**
 * Makes the plan of a remediation, the one way to: `judgeIn` with `suspectedFlags` gives the replay, this divides what it found
 * among accounts, waves and a sample, and `finish` adds what each account becomes. The same ledger up to `sequence`, correction,
 * suspects, decisions of people and options give the same plan, byte for byte.
 */
export const draftPlan = (source: PlanSource): DraftedPlan => {
  const { replay, sequence, end, sample: size, waves: steps, readAccount } = source
  const { accounts, kept, rows } = draftAccounts(replay, source)
  const asking = accounts.filter(({ decisions, flags }) => decisions.length + flags.length > 0)
  const waiting = waitingFor(asking)
  const { waveOf, ends } = divideIntoWaves(waiting, steps)
  const { strata, sample } = drawSample(asking, size, replay.digest)
  const named = versionsByName(replay.inForce)
  const looking: EffectsAsOf = { at: end ?? 0, strikesOf: ({ data }) => strikesGiven({ data }, named) }

  const planned = async (draft: AccountDraft): Promise<E.Either<LedgerError, AccountPlan>> => {
    const events = await readAccount(draft.account)
    if (E.isLeft(events)) return events
    const { becauseOf: _, ...rest } = draft
    const wave = waveOf.get(draft.account) ?? 0
    return E.right({ ...rest, wave, effects: effectsOf(events.right, draft, looking) })
  }

  const finish = async ({ about, take, onProgress }: Finishing): Promise<E.Either<LedgerError, PlanHead>> => {
    const counts = collectPlanCounts()
    for (let from = 0; from < accounts.length; from += PAGE) {
      const page = E.sequenceArray(await Promise.all(accounts.slice(from, from + PAGE).map(planned)))
      if (E.isLeft(page)) return page
      for (const account of page.right) counts.add(account)
      const taken = await take(page.right)
      if (E.isLeft(taken)) return taken
      onProgress(from + page.right.length, accounts.length)
    }
    const cascaded = waiting.filter(({ after }) => after.length > 0).length
    return E.right({
      plan: 'redress-plan-v1',
      ...about,
      digest: replay.digest,
      sequence,
      counts: { ...counts.finish(), cascaded, kept },
      waves: ends,
      strata,
    })
  }
  return { rows, sample, finish }
}

/** The accounts with the other ones whose decisions their rows rest on. */
const waitingFor = (asking: ReadonlyArray<AccountDraft>): ReadonlyArray<Waiting> => {
  const accountOf = new Map(
    asking.flatMap(({ account, decisions }) =>
      decisions.map(({ decisionId }) => [decisionId, account] as const),
    ),
  )
  return asking.map(({ account, becauseOf }) => ({
    account,
    after: [...new Set(becauseOf.flatMap((root) => accountOf.get(root) ?? []))].filter(
      (root) => root !== account,
    ),
  }))
}
