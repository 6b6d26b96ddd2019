import * as E from '#fp/Either'
import { decodeIncoming } from '../../src/domain/decode.ts'
import type { IncomingEvent } from '../../src/domain/event.ts'
import { RehearsalRecord } from '../../src/domain/rehearsal.ts'
import { VOCABULARY } from '../../src/domain/vocabulary.ts'
import { type PreparedEvent, prepare } from '../../src/ledger/event/prepare.ts'

/** The value of an answer that a test expects to be one. */
export const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

type Fields = { readonly id?: string; readonly account?: string; readonly time?: string } & Readonly<
  Record<string, unknown>
>

const event = (type: string, subject: string, fields: Fields, data: object): IncomingEvent => {
  const { id = 'e1', account: _, time = '2025-04-29T00:00:00Z', ...extensions } = fields
  return unwrap(
    decodeIncoming({ specversion: '1.0', id, source: '/test', type, subject, time, ...extensions, data }),
  ).event
}

/** A flag on an account, whose score tells it from others. */
export const flag = (id: string, account = 'u1', score = 0.5, extensions: Fields = {}): PreparedEvent =>
  unwrap(
    prepare(
      event(
        'flag.raised.v1',
        account,
        { id, ...extensions },
        {
          flagId: `f-${account}-${id}`,
          category: 'spam',
          source: 'own_initiative',
          detector: { kind: 'rule', id: 'scanner', version: '1' },
          signals: { score },
        },
      ),
    ),
  )

/** The same event, taken in with others of the past. */
export const backfill = (event: PreparedEvent): PreparedEvent => ({
  ...event,
  vocabulary: Math.max(3, event.vocabulary),
  head: `{"backfill":true,${event.head.slice(1)}`,
})

/** An event of a type that this Redress does not know, as one prepares it that knows such a version of the vocabulary. */
export const newer = (id: string, vocabulary = VOCABULARY + 1, account = 'u1'): PreparedEvent => {
  const known = flag(id, account)
  return { ...known, vocabulary, tail: known.tail.replace('"flag.raised.v1"', '"flag.invented.v1"') }
}

/** An appeal with the words of a person. */
export const appeal = (id: string, account: string, text: string): PreparedEvent =>
  unwrap(
    prepare(
      event(
        'appeal.filed.v1',
        account,
        { id },
        { appealId: `a-${id}`, decisionId: 'd1', personal: { text } },
      ),
    ),
  )

/** A ruleset's publication; `points` makes its document another one. */
export const publication = (
  id: string,
  version: string,
  points: number,
  rehearsal?: RehearsalRecord,
): PreparedEvent =>
  unwrap(
    prepare(
      event(
        'ruleset.published.v1',
        'rules',
        { id },
        {
          ruleset: { id: 'rules', version },
          effectiveFrom: '2025-04-01T00:00:00Z',
          document: {
            ruleset: 'rules',
            version,
            rules: [],
            deactivations: [{ id: 'p', at_least: points, restriction: 'suspended' }],
          },
        },
      ),
      rehearsal === undefined ? {} : { rehearsal },
    ),
  )

/** A rehearsal of a version, in which a rule fired on this much evidence that it did not fire on before. */
export const rehearsed = (newOnly: number): RehearsalRecord => {
  const record = { against: null, sequence: 7, rules: { spam: { newOnly, both: 90 } }, by: 'ana' }
  if (!RehearsalRecord.is(record)) throw new Error('no rehearsal')
  return record
}
