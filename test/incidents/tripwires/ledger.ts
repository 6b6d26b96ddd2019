import { decodeIncoming } from '../../../src/domain/decode.ts'
import { formatInstant } from '../../../src/domain/time.ts'
import { type Marks, type PreparedEvent, prepare } from '../../../src/ledger/event/prepare.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { unwrap } from '../../replay/ledgers.ts'

/** What a service publishes at a moment, in ms since the epoch; `late`: how long before that it happened. */
export type Publishing = {
  readonly at: number
  readonly late?: number
  readonly type: string
  readonly subject?: string
  readonly source?: string
  readonly data: object
  readonly marks?: Marks
}

const machine = { kind: 'model', id: 'm', version: '1' }
const decided = {
  category: 'spam',
  automation: { detection: true, decision: 'fully' },
  decidedBy: { kind: 'rule', id: 'bans' },
}

/** `data` of what services publish. */
export const said = {
  published: (version: string, restriction = 'suspended') => ({
    ruleset: { id: 'rules', version },
    effectiveFrom: '2026-01-01T00:00:00Z',
    document: {
      ruleset: 'rules',
      version,
      rules: [{ id: 'spam', category: 'spam', when: 'true', strikes: 1 }],
      deactivations: [{ id: 'p', at_least: 1, restriction }],
    },
  }),
  flagged: (flagId: string, version: string, fields: object = {}) => ({
    ...{ flagId, category: 'spam', source: 'own_initiative', detector: machine, signals: {} },
    ...{ rule: { id: 'spam' }, ruleset: { id: 'rules', version }, ...fields },
  }),
  banned: (
    decisionId: string,
    version: string,
    grounds: ReadonlyArray<string>,
    restriction = 'suspended',
  ) => ({
    ...{ decisionId, grounds, restriction, ruleset: { id: 'rules', version } },
    ...decided,
  }),
  audited: (decisionId: string, verdict: string) => ({
    ...{ decisionId, verdict, reviewer: { kind: 'human', id: 'reviewer-1' } },
  }),
  reinstated: (decisionId: string) => ({ decisionIds: [decisionId], reason: 'appeal' }),
  evaluated: () => ({ content: { id: '1', kind: 'pin' }, detector: machine, signals: {} }),
} as const

const preparedFrom = (
  { at, late = 0, subject = 'u1', source = '/svc', type, data, marks }: Publishing,
  id: string,
): PreparedEvent =>
  unwrap(
    prepare(
      unwrap(
        decodeIncoming({
          ...{
            specversion: '1.0',
            id,
            source,
            type,
            subject: type === 'ruleset.published.v1' ? 'rules' : subject,
          },
          ...{ time: formatInstant(at - late), data },
        }),
      ).event,
      marks,
    ),
  )

/** Opens the ledger of a folder, and records in it what services publish, each at its moment; `from` counts their ids. */
export const recordedAt = async (
  dir: string,
  events: ReadonlyArray<Publishing>,
  from = 0,
): Promise<OpenLedger> => {
  let now = events[0]?.at ?? 0
  const open = unwrap(await openLedger(dir, { clock: () => now }))
  for (const [i, event] of events.entries()) {
    now = event.at
    const prepared = preparedFrom(event, `e${from + i}`)
    unwrap(
      await open.ledger.append([{ stream: prepared.stream, expectedRevision: 'any', events: [prepared] }]),
    )
  }
  return open
}
