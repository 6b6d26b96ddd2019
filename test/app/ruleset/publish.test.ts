import { existsSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { type PublishOptions, publishVersion } from '../../../src/app/ruleset/publish.ts'
import { publishingJson } from '../../../src/app/ruleset/publishing-json.ts'
import { checkRuleset } from '../../../src/rulesets/document.ts'
import { flag, unwrap } from '../../ledger/events.ts'
import { service } from '../../replay/histories.ts'
import { clock, errorOf, RECORDED, record, recordIncoming, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()
const DAY = 86_400_000
const published = (condition: string, options: Partial<PublishOptions> = {}, version = 'v1') => {
  const { ruleset, document, problems } = checkRuleset(
    `ruleset: guidelines\nversion: ${version}\nsignals: { score: double }\nrules:\n  - { id: a, category: spam, when: '${condition}', strikes: 1 }\n` +
      'deactivations:\n  - { id: p, at_least: 1, restriction: suspended }\n',
  )
  if (ruleset === null) throw new Error(JSON.stringify(problems))
  return publishVersion({
    data: path('data'),
    clock,
    ruleset,
    document,
    source: '/policy',
    effectiveFrom: null,
    ...{ by: 'maria', unrehearsed: null, over: 7 * DAY, sample: 20, expectations: new Map() },
    ...{ onProgress: () => {}, onReference: () => {} },
    ...options,
  })
}

const rehearsalOf = (result: Awaited<ReturnType<typeof published>>) =>
  Object(publishingJson(unwrap(result))).rehearsal

test('given a ledger, when a version is published, then it is recorded as the next event, in force from now', async () => {
  await record(path('data'), [flag('e1')])
  expect(unwrap(await published('signals.score > 0.5'))).toMatchObject({
    kind: 'published',
    publication: {
      sequence: 2,
      event: {
        source: '/policy',
        subject: 'guidelines',
        data: {
          ruleset: { id: 'guidelines', version: 'v1' },
          effectiveFrom: new Date(RECORDED).toISOString(),
        },
      },
    },
  })
})

test('given a published version, when it is published again, then nothing is done; another document is rejected', async () => {
  const first = unwrap(await published('signals.score > 0.5'))
  expect(unwrap(await published('signals.score > 0.5'))).toEqual({ ...first, kind: 'already_published' })
  expect(errorOf(await published('signals.score > 0.6'))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('guidelines v1 is already published with another document'),
  })
  expect(errorOf(await published('signals.score > 0.5', { effectiveFrom: RECORDED + 1 }))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('publish it under a new version to change the time'),
  })
})

test('given a source that is not a URI reference, when a version is published, then it is refused', async () => {
  expect(errorOf(await published('signals.score > 0.5', { source: 'not a uri' }))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('source'),
  })
})

test('given a clock far behind the ledger, when a version is published, then it fails, unless that is accepted', async () => {
  await record(path('data'), [flag('e1')])
  const behind = { clock: () => RECORDED - 3_600_000 }
  expect(errorOf(await published('signals.score > 0.5', behind))).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('--accept-clock'),
  })
  const accepted = unwrap(await published('signals.score > 0.5', { ...behind, acceptClock: true }))
  expect(publishingJson(accepted)).toMatchObject({ outcome: 'published', sequence: 2 })
  expect(existsSync(path('data/ledger.db'))).toBe(true)
})

test('given a ledger without events of services, when versions are published, then who did it is recorded', async () => {
  expect(rehearsalOf(await published('signals.score > 0.5'))).toEqual({
    ...{ against: null, sequence: 0, rules: {}, by: 'maria' },
  })
  expect(rehearsalOf(await published('signals.score > 0.6', {}, 'v2'))).toMatchObject({
    ...{ against: null, sequence: 1 },
  })
})

describe('given a version in force, and evidence', () => {
  const start = Date.parse(service.evaluated('u0', 0, { score: 0 }).time)
  beforeEach(async () => {
    unwrap(await published('signals.score > 39.0', { effectiveFrom: start - DAY }))
    await recordIncoming(
      path('data'),
      Array.from({ length: 50 }, (_, score) => service.evaluated(`u${score}`, score, { score })),
    )
  })
  const stricter = (options: Partial<PublishOptions> = {}) => published('signals.score > 29.0', options, 'v2')

  test('when a version that fires on little more is published, then what its rehearsal found is recorded with it', async () => {
    expect(rehearsalOf(await published('signals.score > 37.0', {}, 'v2'))).toEqual({
      ...{ against: 'v1', sequence: 51, rules: { a: { newOnly: 2, both: 10 } }, by: 'maria', over: '7d' },
    })
  })

  test('when one that fires on much more is published, then it is not recorded, and the rehearsal shows why', async () => {
    const result = unwrap(await stricter())
    expect(publishingJson(result)).toMatchObject({
      outcome: 'not_published',
      rehearsal: { asExpected: false, rules: [{ id: 'a', evidence: { onlyNew: 10, both: 10 } }] },
    })
    expect(rehearsalOf(await published('signals.score > 37.0', {}, 'v2'))).toMatchObject({ sequence: 51 })
  })

  test('when that is expected, then it is recorded, with what was expected', async () => {
    const expectations = new Map([['a', { kind: 'percent', value: 100 } as const]])
    expect(rehearsalOf(await stricter({ expectations }))).toEqual({
      ...{ against: 'v1', sequence: 51, rules: { a: { newOnly: 10, both: 10 } }, by: 'maria', over: '7d' },
      reason: 'expected a=+100%',
    })
  })

  test('when there is a reason to do without a rehearsal, then it is recorded with that', async () => {
    expect(rehearsalOf(await stricter({ unrehearsed: 'ordered by a court' }))).toEqual({
      ...{ against: null, sequence: 51, rules: {}, by: 'maria', reason: 'ordered by a court' },
    })
  })

  test('when a published version is published again, then it is not rehearsed again', async () => {
    unwrap(await stricter({ unrehearsed: 'ordered by a court' }))
    expect(unwrap(await stricter())).toMatchObject({ kind: 'already_published' })
  })

  test('when it takes effect before another one did, then it is rehearsed against the one before', async () => {
    unwrap(await published('signals.score > 100.0', {}, 'v3'))
    const before = { effectiveFrom: start }
    expect(rehearsalOf(await published('signals.score > 40.0', before, 'v2'))).toMatchObject({
      against: 'v1',
    })
  })

  test.each([
    ['at the same instant as that one', start - DAY],
    ['before any other', start - 9 * DAY],
  ])(
    'when it takes effect %s, then it is rehearsed against that one all the same',
    async (_, effectiveFrom) => {
      expect(unwrap(await stricter({ effectiveFrom })).kind).toBe('unexpected')
      expect(rehearsalOf(await published('signals.score > 37.0', { effectiveFrom }, 'v2'))).toMatchObject({
        against: 'v1',
      })
    },
  )

  test('when two are published at once, then the later one was rehearsed against the other, or is not published', async () => {
    const both = await Promise.all(
      ['v2', 'v3'].map((version) => published('signals.score > 37.0', { data: path('data') }, version)),
    )
    const [refused, ...others] = both.filter(E.isLeft)
    expect(others).toEqual([])
    if (refused === undefined) {
      expect(both.map((one) => rehearsalOf(one).against).toSorted()).not.toEqual(['v1', 'v1'])
    } else {
      expect(errorOf(refused).message).toMatch(
        /^v[23] of guidelines was published in the meantime; try again, so that v[23] is rehearsed against it$/,
      )
    }
  })

  test('when two processes publish it at once, then one does, and to the other it is published already', async () => {
    const both = await Promise.all(
      ['ci-1', 'ci-2'].map((by) => published('signals.score > 37.0', { data: path('data'), by }, 'v2')),
    )
    expect(both.map((one) => unwrap(one).kind).toSorted()).toEqual(['already_published', 'published'])
  })

  test('when there was no evidence in that time, then it fails and says what to do', async () => {
    await recordIncoming(path('data'), [service.dismissed('u1', 60, 'f1')])
    expect(errorOf(await stricter({ over: 60_000 }))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('cannot be rehearsed'),
      options: ['over', 'unrehearsed'],
    })
  })

  test.each([
    ['by', { by: 'a\nb' }, 'the name must be one line'],
    ['by', { by: '' }, 'the name must be one line'],
    ['unrehearsed', { unrehearsed: '' }, 'the reason must be one line'],
    ['expect', { expectations: new Map([['b', { kind: 'number', value: 1 } as const]]) }, 'has no rule "b"'],
  ])('when %s cannot be meant, then it is refused', async (option, options, message) => {
    expect(errorOf(await stricter(options))).toMatchObject({
      ...{ kind: 'invalid', options: [option], message: expect.stringContaining(message) },
    })
  })
})
