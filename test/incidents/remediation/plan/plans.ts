import * as E from '#fp/Either'
import { decodeIncoming } from '../../../../src/domain/decode.ts'
import type { IncomingEvent, StoredEvent } from '../../../../src/domain/event.ts'
import { Suspect } from '../../../../src/domain/suspect.ts'
import { formatInstant } from '../../../../src/domain/time.ts'
import type { Deciding } from '../../../../src/incidents/remediation/plan/draft.ts'
import type { AccountPlan, PlanHead, Sampled } from '../../../../src/incidents/remediation/plan/model.ts'
import { draftPlan } from '../../../../src/incidents/remediation/plan/plan.ts'
import { suspectedFlags } from '../../../../src/incidents/remediation/plan/suspected.ts'
import { parseWaves } from '../../../../src/incidents/remediation/plan/waves.ts'
import type { Correction } from '../../../../src/replay/correction/correction.ts'
import { replay } from '../../../../src/replay/result/replay.ts'
import { historyOf, storedEvents } from '../../../replay/histories.ts'
import { unwrap } from '../../../replay/ledgers.ts'

export type Planned = {
  readonly head: PlanHead
  readonly accounts: ReadonlyArray<AccountPlan>
  readonly sample: ReadonlyArray<Sampled>
  readonly rows: ReturnType<typeof draftPlan>['rows']
}

export type Planning = Partial<Deciding> & {
  readonly suspects?: ReadonlyArray<Suspect>
  readonly waves?: string
  readonly sample?: number
}

/** Suspects as an incident names them. */
export const named = (...suspects: ReadonlyArray<unknown>): ReadonlyArray<Suspect> =>
  suspects.filter(Suspect.is)

/** Nobody decided anything. */
const nobody: Deciding = { settled: new Map(), reasonFor: () => null }

/** The plan for a history. */
export const planned = async (
  events: ReadonlyArray<IncomingEvent>,
  correction: Correction,
  { suspects = [], waves = '10,100%', sample = 300, ...deciding }: Planning = {},
): Promise<Planned> => {
  const history = historyOf(events, correction)
  const byAccount = Map.groupBy(storedEvents(events), ({ subject }) => String(subject))
  const draft = draftPlan({
    ...{ ...nobody, ...deciding },
    replay: replay(history, correction, undefined, suspectedFlags(suspects)),
    sequence: events.length,
    end: history.end,
    sample,
    waves: unwrap(parseWaves(waves)),
    readAccount: async (account) => E.right(byAccount.get(account) ?? []),
  })
  const accounts: AccountPlan[] = []
  const head = await draft.finish({
    about: {
      incidentId: 'i1',
      correctionSha256: 'a'.repeat(64),
      correction: 'ab'.repeat(32),
      exceptionsSha256: null,
    },
    take: async (page) => {
      accounts.push(...page)
      return E.right(undefined)
    },
    onProgress: () => {},
  })
  return { head: unwrap(head), accounts, sample: draft.sample, rows: draft.rows }
}

/** What services publish, a moment (ms) after it was asked for, when they carry out a plan. */
export const carriedOut = (
  accounts: ReadonlyArray<AccountPlan>,
  at: number,
): ReadonlyArray<IncomingEvent> => {
  let count = 0
  const published = (subject: string, type: string, data: object): IncomingEvent =>
    unwrap(
      decodeIncoming({
        ...{ specversion: '1.0', id: `c${count++}`, source: '/services', type, subject },
        time: formatInstant(at),
        data,
      }),
    ).event
  return accounts.flatMap(({ account, decisions, flags }) => [
    ...decisions.map(({ kind, decisionId, flagsVoided, content, to }) => {
      const reversal = { decisionIds: [decisionId], reason: 'correction', flagsVoided }
      if (kind === 'account') return published(account, 'account.reinstated.v1', reversal)
      if (kind === 'content') return published(account, 'content.restored.v1', { ...reversal, content })
      return published(account, 'decision.changed.v1', { decisionId, reason: 'correction', restriction: to })
    }),
    ...flags.map((flagId) =>
      published(account, 'flag.dismissed.v1', { flagId, reviewer: { kind: 'human', id: 'r' } }),
    ),
  ])
}

/** The events of one account. */
export const eventsOn = (events: ReadonlyArray<IncomingEvent>, account: string): ReadonlyArray<StoredEvent> =>
  storedEvents(events.filter(({ subject }) => subject === account))
