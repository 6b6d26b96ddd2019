import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { RehearsalRecord } from '../../../src/domain/rehearsal.ts'
import {
  describePublishError,
  type PublishRequest,
  publishRuleset,
} from '../../../src/ingest/pipeline/publish-ruleset.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import { byForce, readPublications } from '../../../src/ledger/rulesets.ts'
import { compileRuleset } from '../../../src/rulesets/document.ts'

const NOW = Date.parse('2025-05-13T12:00:00.000Z')
const DAY = 86_400_000

describe('publishing a ruleset', () => {
  let folder = ''
  let open: OpenLedger
  let now = NOW
  const clock = (): number => now

  beforeEach(async () => {
    now = NOW
    folder = await mkdtemp(join(tmpdir(), 'redress-publish-'))
    const opened = await openLedger(folder, { clock })
    if (E.isLeft(opened)) throw new Error(opened.left.message)
    open = opened.right
  })
  afterEach(async () => {
    await open.close()
    await rm(folder, { recursive: true })
  })

  const documentOf = (version: string, strikes = 1) => ({
    ruleset: 'guidelines',
    version,
    rules: [{ id: 'a', category: 'spam', when: 'true', strikes }],
  })
  const publish = async (
    document: unknown,
    {
      effectiveFrom = null,
      source = '/test',
      rehearsal = null,
      among = null,
    }: Partial<Pick<PublishRequest, 'effectiveFrom' | 'source' | 'rehearsal' | 'among'>> = {},
  ) => {
    const ruleset = compileRuleset(document)
    if (E.isLeft(ruleset)) throw new Error('no ruleset')
    return publishRuleset(
      open.ledger,
      { ruleset: ruleset.right, document, source, effectiveFrom, rehearsal, among },
      clock,
    )
  }
  const rehearsed = (record: unknown): RehearsalRecord => {
    if (!RehearsalRecord.is(record)) throw new Error('no rehearsal')
    return record
  }
  const kindOf = (result: Awaited<ReturnType<typeof publish>>): string =>
    E.isRight(result) ? result.right.kind : result.left.kind
  const publications = async () => {
    const read = await readPublications(open.ledger, open.ledger.readAll(null))
    if (E.isLeft(read)) throw new Error(read.left.message)
    return read.right
  }

  test('records it, in force from now, and keeps its document', async () => {
    const result = await publish(documentOf('v1'))
    expect(E.isRight(result) && result.right).toMatchObject({
      kind: 'published',
      publication: {
        revision: 0,
        event: {
          subject: 'guidelines',
          source: '/test',
          time: '2025-05-13T12:00:00.000Z',
          data: { ruleset: { id: 'guidelines', version: 'v1' }, effectiveFrom: '2025-05-13T12:00:00.000Z' },
        },
      },
    })
    const sha256 = E.isRight(result) ? result.right.publication.event.data.documentSha256 : ''
    const kept = await open.vault.document(sha256)
    expect(E.isRight(kept) && JSON.parse(kept.right ?? '')).toEqual(documentOf('v1'))
  })

  test('repeated, at any later time and from anywhere, is harmless', async () => {
    await publish(documentOf('v1'))
    now += DAY
    const again = await publish(documentOf('v1'), { source: '/elsewhere' })
    expect(E.isRight(again) && again.right).toMatchObject({
      kind: 'already_published',
      publication: { event: { time: '2025-05-13T12:00:00.000Z' } },
    })
    expect(kindOf(await publish(documentOf('v1'), { effectiveFrom: NOW }))).toBe('already_published')
    expect(await publications()).toHaveLength(1)
  })

  test('another document under a published version is refused', async () => {
    await publish(documentOf('v1'))
    const other = await publish(documentOf('v1', 2))
    expect(E.isLeft(other) && describePublishError(other.left)).toMatch(
      /^guidelines v1 is already published with another document \(sha256 [0-9a-f]{64}\); .*under a new version$/,
    )
    expect(await publications()).toHaveLength(1)
  })

  test('another time for a published version is refused', async () => {
    await publish(documentOf('v1'))
    const other = await publish(documentOf('v1'), { effectiveFrom: NOW + DAY })
    expect(kindOf(other)).toBe('other_time')
    expect(await publications()).toHaveLength(1)
  })

  test('its rehearsal is recorded with it; the same again is harmless, another one or a first one is refused', async () => {
    const rehearsal = rehearsed({
      against: null,
      sequence: 0,
      rules: {},
      by: 'ana',
      reason: 'the first version',
    })
    const other = rehearsed({ against: 'v1', sequence: 7, rules: { a: { newOnly: 1, both: 9 } }, by: 'ana' })
    expect(kindOf(await publish(documentOf('v1'), { rehearsal }))).toBe('published')
    expect(kindOf(await publish(documentOf('v1'), { rehearsal }))).toBe('already_published')
    expect(kindOf(await publish(documentOf('v1')))).toBe('already_published')
    const refused = await publish(documentOf('v1'), { rehearsal: other })
    expect(E.isLeft(refused) && describePublishError(refused.left)).toMatch(
      /^guidelines v1 was published in the meantime, with this document but another rehearsal or none; nothing was recorded/,
    )
    expect(kindOf(await publish(documentOf('v2')))).toBe('published')
    expect(kindOf(await publish(documentOf('v2'), { rehearsal: other }))).toBe('other_rehearsal')
    expect((await publications()).map(({ event }) => event.data.rehearsal)).toEqual([rehearsal, undefined])
  })

  test('a version that was rehearsed before another one was published is refused, unless it was published by then', async () => {
    await publish(documentOf('v1'))
    await publish(documentOf('v2'))
    const among = new Set(['v1'])
    const late = await publish(documentOf('v3'), { among })
    expect(E.isLeft(late) && describePublishError(late.left)).toBe(
      'v2 of guidelines was published in the meantime; try again, so that v3 is rehearsed against it',
    )
    expect(kindOf(await publish(documentOf('v2'), { among }))).toBe('already_published')
    expect(kindOf(await publish(documentOf('v3'), { among: new Set(['v1', 'v2']) }))).toBe('published')
  })

  test('past and future times are possible, and versions are listed by when they take effect', async () => {
    expect(kindOf(await publish(documentOf('v3'), { effectiveFrom: NOW + 30 * DAY }))).toBe('published')
    expect(kindOf(await publish(documentOf('v1'), { effectiveFrom: NOW - 90 * DAY }))).toBe('published')
    expect(kindOf(await publish(documentOf('v2')))).toBe('published')
    const versions = [...(await publications())].sort(byForce).map(({ event }) => event.data.ruleset.version)
    expect(versions).toEqual(['v1', 'v2', 'v3'])
  })

  test('by many at once records it once', async () => {
    const results = await Promise.all(Array.from({ length: 4 }, () => publish(documentOf('v1'))))
    expect(results.map(kindOf).sort()).toEqual([
      'already_published',
      'already_published',
      'already_published',
      'published',
    ])
    expect(await publications()).toHaveLength(1)
  })

  test('that cannot be an event is refused with the field', async () => {
    const result = await publish(documentOf('v1'), { source: 'not a uri' })
    expect(E.isLeft(result) && describePublishError(result.left)).toContain(
      'source: expected a URI reference',
    )
  })
})
