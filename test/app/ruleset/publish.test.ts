import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type PublishOptions, publishVersion } from '../../../src/app/ruleset/publish.ts'
import { checkRuleset } from '../../../src/rulesets/document.ts'
import { flag, unwrap } from '../../ledger/events.ts'
import { clock, errorOf, RECORDED, record, useCaseFolder } from '../use-case.ts'

const path = useCaseFolder()
const published = (condition: string, options: Partial<PublishOptions> = {}) => {
  const { ruleset, document, problems } = checkRuleset(
    `ruleset: guidelines\nversion: v1\nsignals: { score: double }\nrules:\n  - { id: a, category: spam, when: '${condition}', strikes: 1 }\n` +
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
    rehearsal: null,
    ...options,
  })
}

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
  expect(accepted.publication.event.recordedat).toBe(new Date(RECORDED).toISOString())
  expect(existsSync(path('data/ledger.db'))).toBe(true)
})
