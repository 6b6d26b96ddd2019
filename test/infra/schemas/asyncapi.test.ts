import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv, type AnySchemaObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as E from '#fp/Either'
import { rescoreMessage } from '../../../src/app/correction/send-requests.ts'
import { publishedTypes, type StoredEvent } from '../../../src/domain/event.ts'
import { type DueAudit, dueAuditJson } from '../../../src/incidents/audit/due-audits.ts'
import { ALARM_NOTICE, alarmFeed } from '../../../src/incidents/feeds/alarms.ts'
import { AUDIT_REQUEST, auditFeed } from '../../../src/incidents/feeds/audits.ts'
import { HOLD_STATE, holdFeed } from '../../../src/incidents/feeds/holds.ts'
import { typedMessage } from '../../../src/incidents/feeds/message.ts'
import {
  REINSTATEMENT_REQUEST,
  REINSTATEMENT_WITHDRAWAL,
  requestFeed,
} from '../../../src/incidents/feeds/requests.ts'
import { rejection, rejectionCodes } from '../../../src/ingest/accept/rejection.ts'
import { accountMessage } from '../../../src/ingest/account-feed/message.ts'
import { ACCOUNT_STATE, accountStateOf } from '../../../src/ingest/account-feed/state.ts'
import { deadLetterTopic, refusedMessage } from '../../../src/ingest/kafka/messages/dead-letter-topic.ts'
import type { KeyedMessage } from '../../../src/ingest/kafka/send-all.ts'
import type { Feed } from '../../../src/ingest/outbox/feed.ts'
import type { Ledger, SequencedEvent } from '../../../src/ledger/port.ts'
import type { DecodedEvent } from '../../../src/ledger/read.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { RESCORE_REQUEST } from '../../../src/replay/result/rescore-request.ts'
import { happened } from '../../domain/happenings.ts'
import { incoming } from '../../domain/samples.ts'
import { correctionOf } from '../../replay/corrections.ts'
import { historyOf, RULESET, service } from '../../replay/histories.ts'

const folder = join(import.meta.dirname, '../../../infra/schemas')
const document: unknown = parse(readFileSync(join(folder, 'asyncapi.yaml'), 'utf8'))

/** What stands at a place of a document; undefined when nothing does. */
const at = (json: unknown, ...keys: ReadonlyArray<string>): unknown =>
  keys.reduce<unknown>(
    // Cast: of anything but null and undefined a property can be asked for.
    (inside, key) => (inside == null ? undefined : (inside as Readonly<Record<string, unknown>>)[key]),
    json,
  )
const message = (name: string, ...keys: ReadonlyArray<string>): unknown =>
  at(document, 'components', 'messages', name, ...keys)

/** What a `$ref` refers to: in this document, or in a file beside it. */
const resolved = (ref: string): unknown => {
  const [file = '', pointer = ''] = ref.split('#')
  const whole: unknown = file === '' ? document : JSON.parse(readFileSync(join(folder, file), 'utf8'))
  return at(whole, ...pointer.split('/').slice(1))
}

/** Every `$ref` in a document. */
const refsIn = (json: unknown): ReadonlyArray<string> =>
  typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, inside]) =>
        key === '$ref' && typeof inside === 'string' ? [inside] : refsIn(inside),
      )
    : []

test('it is an AsyncAPI document of version 3.0.0', () => {
  const schema: AnySchemaObject = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0.json')
  // The schema brings its own copy of the schema of schemas and speaks of formats that Ajv does not have.
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false })
  const validate = ajv.compile(schema)
  validate(document)
  expect(validate.errors).toBeNull()
})

test('everything it refers to exists', () => {
  const refs = refsIn(document)
  expect(refs.length).toBeGreaterThan(publishedTypes.length)
  for (const ref of refs) expect(resolved(ref), ref).toBeDefined()
})

describe.each(publishedTypes)('%s', (type) => {
  test('may be sent in both modes, and its schema is the one in its file', () => {
    const channel = at(document, 'channels', 'enforcementEvents', 'messages')
    for (const name of [type, `${type}.binary`]) {
      expect(at(channel, name, '$ref')).toBe(`#/components/messages/${name}`)
    }
    expect(message(type, 'payload', 'schema', '$ref')).toBe(`./${type}.json`)
    expect(message(`${type}.binary`, 'payload', 'schema', '$ref')).toBe(`./${type}.json#/properties/data`)
  })

  test('given its attributes as headers, the binary mode accepts them, but not a wrong time or type', () => {
    const headers = (schema: unknown) =>
      new Ajv({ strict: true, formats: { 'date-time': true } }).compile(Object(schema))
    const common = headers(at(document, 'components', 'messageTraits', 'binary', 'headers'))
    const own = headers(message(`${type}.binary`, 'headers'))
    const { data: _, datacontenttype, ...attributes } = incoming(type)
    const sent = {
      'content-type': datacontenttype,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value])),
    }
    expect([common(sent), own(sent)]).toEqual([true, true])
    expect(common({ ...sent, ce_time: 'noon' })).toBe(false)
    expect(own({ ...sent, ce_type: 'another' })).toBe(false)
  })
})

describe('a dead letter', () => {
  const headers = message('deadLetter', 'headers')

  test('goes to the topic that Redress sends it to', () => {
    const topic = String(at(document, 'channels', 'enforcementEvents', 'address'))
    expect(at(document, 'channels', 'deadLetters', 'address')).toBe(deadLetterTopic(topic))
  })

  test('has one of the existing reasons', () => {
    expect(at(headers, 'properties', 'redress-reason', 'enum')).toEqual(Object.keys(rejectionCodes))
  })

  test('has the headers and the key that Redress gives it', () => {
    const validate = new Ajv({ strict: true }).compile(Object(headers))
    const key = new Ajv({ strict: true }).compile(Object(message('deadLetter', 'bindings', 'kafka', 'key')))
    const sent = refusedMessage(
      {
        topic: 'enforcement.events',
        partition: 3,
        message: {
          key: null,
          value: Buffer.from('{}'),
          timestamp: '1746100800000',
          attributes: 0,
          offset: '1234',
          headers: {},
        },
      },
      {
        index: 0,
        sha256: 'ab'.repeat(32),
        hash: 'cd'.repeat(32),
        raw: Buffer.from('{}'),
        length: 2,
        rejection: rejection('invalid', '', 'no'),
        origin: 'enforcement.events[3]@1234',
      },
    )
    expect(validate(sent.headers), JSON.stringify(validate.errors)).toBe(true)
    expect(key(sent.key)).toBe(true)
    expect(Object.keys(sent.headers ?? {})).toEqual(at(headers, 'required'))
  })
})

describe('the state of an account', () => {
  const state = accountStateOf([happened('flag.raised.v1', { flagId: 'f1' })])
  if (state === null) throw new Error('there is an event')
  const sent = accountMessage(state)

  test('has its own channel, and its schema is the one in its file', () => {
    const messages = at(document, 'channels', 'accountStates', 'messages')
    expect(messages).toEqual({ [ACCOUNT_STATE]: { $ref: `#/components/messages/${ACCOUNT_STATE}` } })
    expect(message(ACCOUNT_STATE, 'payload', 'schema', '$ref')).toBe(`./${ACCOUNT_STATE}.json`)
  })

  test('has the headers and the key that Redress gives it', () => {
    const strict = (schema: unknown) => new Ajv({ strict: true }).compile(Object(schema))
    const headers = strict(message(ACCOUNT_STATE, 'headers'))
    expect(headers(sent.headers), JSON.stringify(headers.errors)).toBe(true)
    expect(Object.keys(sent.headers)).toEqual(message(ACCOUNT_STATE, 'headers', 'required'))
    expect(strict(message(ACCOUNT_STATE, 'bindings', 'kafka', 'key'))(sent.key)).toBe(true)
    expect(message(ACCOUNT_STATE, 'contentType')).toBe(sent.headers['content-type'])
  })
})

describe('a request to look at a flag again', () => {
  const correction = correctionOf({
    ...{ correction: 'c', ruleset: { id: RULESET } },
    withdrawals: [{ id: 'scanner-2', where: 'detector.version == "2"' }],
  })
  const ruleset = {
    ...{ ruleset: RULESET, version: 'v1', signals: { score: 'int' } },
    rules: [{ id: 'a', category: 'alpha', when: 'signals.score >= 5', strikes: 1 }],
    deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
  }
  const history = historyOf(
    [
      service.published(ruleset),
      service.flagged('u1', 1, {
        ...{ flagId: 'f1', signals: { score: 9 }, content: { id: '7', kind: 'pin', language: 'en' } },
        detector: { kind: 'model', id: 'scanner', version: '2' },
      }),
      service.banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
    ],
    correction,
  )
  const [request] = replay(history, correction).rescore.requests
  if (request === undefined) throw new Error('there is a flag to look at')
  const sent = rescoreMessage(request)
  const strict = (schema: unknown) => new Ajv({ strict: true }).compile(Object(schema))

  test('has its own channel, and its schema is the one in its file', () => {
    const messages = at(document, 'channels', 'rescoreRequests', 'messages')
    expect(messages).toEqual({ [RESCORE_REQUEST]: { $ref: `#/components/messages/${RESCORE_REQUEST}` } })
    expect(message(RESCORE_REQUEST, 'payload', 'schema', '$ref')).toBe(`./${RESCORE_REQUEST}.json`)
  })

  test('has the value, the headers and the key that Redress gives it', () => {
    const ajv = new Ajv2020({ formats: { 'date-time': true } })
    const schema = JSON.parse(readFileSync(join(folder, `${RESCORE_REQUEST}.json`), 'utf8'))
    const accepts = ajv.compile(schema)
    expect(accepts(JSON.parse(sent.value.toString())), JSON.stringify(accepts.errors)).toBe(true)
    expect(accepts({ ...request, more: 1 })).toBe(false)
    const headers = strict(message(RESCORE_REQUEST, 'headers'))
    expect(headers(sent.headers), JSON.stringify(headers.errors)).toBe(true)
    expect(Object.keys(sent.headers)).toEqual(message(RESCORE_REQUEST, 'headers', 'required'))
    expect(strict(message(RESCORE_REQUEST, 'bindings', 'kafka', 'key'))(sent.key)).toBe(true)
    expect(message(RESCORE_REQUEST, 'contentType')).toBe(sent.headers['content-type'])
  })
})

describe('what redress watch and redress dispatch send', () => {
  const decision: DueAudit = {
    ...{ decisionId: 'd1', account: 'u1', kind: 'removal' as const, at: 0, because: 'new' as const },
    keys: [{ ruleset: 'rules', version: 'v1', rule: 'spam', detector: { id: 'net', version: '7' } }],
  }
  // Cast: no feed looks at the ledger, or at where an event is recorded but for its sequence.
  const from = async ({ start }: Feed, event: StoredEvent): Promise<KeyedMessage> => {
    const taken = await start({} as Ledger, null).take({
      recorded: { sequence: 7 },
      event,
    } as DecodedEvent<SequencedEvent>)
    const [one] = E.isRight(taken) ? taken.right : []
    if (one === undefined) throw new Error('there is a message')
    return one
  }
  const key = { ruleset: 'rules', rule: 'spam', detector: { id: 'net' } }
  const sent: Readonly<Record<string, () => Promise<KeyedMessage>>> = {
    [ALARM_NOTICE]: () =>
      from(alarmFeed, happened('alarm.raised.v1', { key, units: 6 }, { subject: 'ef'.repeat(32) })),
    [AUDIT_REQUEST]: async () => typedMessage('u1', { type: AUDIT_REQUEST, ...dueAuditJson(decision) }),
    [HOLD_STATE]: () =>
      from(holdFeed, happened('hold.requested.v1', { holdId: 'h1', key }, { subject: 'h1' })),
    [REINSTATEMENT_REQUEST]: () => from(requestFeed, happened('reinstatement.requested.v1', {})),
    [REINSTATEMENT_WITHDRAWAL]: () => from(requestFeed, happened('reinstatement.withdrawn.v1', {})),
  }
  const strict = (schema: unknown) => new Ajv({ strict: true }).compile(Object(schema))

  test.each([
    ['alarms', ALARM_NOTICE, alarmFeed],
    ['audits', AUDIT_REQUEST, auditFeed],
    ['holds', HOLD_STATE, holdFeed],
    ['requests', REINSTATEMENT_REQUEST, requestFeed],
    ['requests', REINSTATEMENT_WITHDRAWAL, requestFeed],
  ])(
    '%s: has its own channel, and the value, the headers and the key that Redress gives it',
    async (channel, name, { topic }) => {
      expect(at(document, 'channels', channel)).toMatchObject({
        address: topic.name,
        messages: { [name]: { $ref: `#/components/messages/${name}` } },
      })
      expect(message(name, 'payload', 'schema', '$ref')).toBe(`./${name}.json`)
      const one = await sent[name]?.()
      const value = JSON.parse(String(one?.value))
      const ajv = new Ajv2020({ formats: { 'date-time': true } })
      const accepts = ajv.compile(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
      expect(accepts(value), JSON.stringify(accepts.errors)).toBe(true)
      expect(accepts({ ...value, more: 1 })).toBe(false)
      const headers = strict(message(name, 'headers'))
      expect(headers(one?.headers), JSON.stringify(headers.errors)).toBe(true)
      expect(strict(message(name, 'bindings', 'kafka', 'key'))(one?.key)).toBe(true)
    },
  )
})
