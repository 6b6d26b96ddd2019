import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { listRulesets, versionsAt } from '../../../src/app/ruleset/list.ts'
import { decodeStored } from '../../../src/domain/decode.ts'
import type { Position } from '../../../src/ledger/port.ts'
import type { SequencedPublication } from '../../../src/ledger/rulesets.ts'
import { flag, publication as published, unwrap } from '../../ledger/events.ts'
import { errorOf, RECORDED, record, useCaseFolder } from '../use-case.ts'

const publication = (
  sequence: number,
  version: string,
  effectiveFrom: string,
  time: string,
  id = 'guidelines',
): SequencedPublication => {
  const event = decodeStored({
    specversion: '1.0',
    id: `e${sequence}`,
    source: '/policy',
    type: 'ruleset.published.v1',
    subject: id,
    time: `${time}T00:00:00.000Z`,
    recordedat: '2025-06-01T00:00:00.000Z',
    data: {
      ruleset: { id, version },
      effectiveFrom: `${effectiveFrom}T00:00:00.000Z`,
      documentSha256: 'ab'.repeat(32),
    },
  })
  if (E.isLeft(event) || event.right.type !== 'ruleset.published.v1') throw new Error('no such event')
  // Cast: nothing is looked up by it here.
  const position = `at ${sequence}` as Position
  return { event: event.right, revision: sequence - 1, position, sequence }
}

describe('the list of rulesets', () => {
  const now = Date.parse('2025-05-15T00:00:00.000Z')
  const states = (...publications: ReadonlyArray<SequencedPublication>): ReadonlyArray<string> =>
    versionsAt(publications, now).map(
      ({ id, version, state, sequence }) => `${sequence} ${id} ${version}: ${state}`,
    )

  test('is ordered by ruleset and effective time, and says what is in force now', () => {
    expect(
      states(
        publication(1, 'v3', '2025-06-01', '2025-04-01'),
        publication(2, 'v1', '2025-04-01', '2025-04-02'),
        publication(3, 'v2', '2025-05-15', '2025-04-03'),
        publication(4, 'v1', '2025-04-01', '2025-04-01', 'ads'),
      ),
    ).toEqual([
      '4 ads v1: in force',
      '2 guidelines v1: superseded',
      '3 guidelines v2: in force',
      '1 guidelines v3: to come',
    ])
  })

  test('of several with the same time, the last one is in force', () => {
    expect(
      states(
        publication(1, 'v2', '2025-05-01', '2025-04-02'),
        publication(2, 'v1', '2025-05-01', '2025-04-01'),
      ),
    ).toEqual(['2 guidelines v1: superseded', '1 guidelines v2: in force'])
  })

  test('a version that was published before is ignored, whichever was recorded first', () => {
    expect(
      states(
        publication(1, 'v1', '2025-05-02', '2025-04-02'),
        publication(2, 'v1', '2025-05-01', '2025-04-01'),
      ),
    ).toEqual(['2 guidelines v1: in force', '1 guidelines v1: ignored'])
  })
})

describe('given a ledger', () => {
  const path = useCaseFolder()
  const listed = (id?: string) => listRulesets({ data: path('data'), id, now: RECORDED })

  test('when its rulesets are listed, then each has its hash, its times and its sequence', async () => {
    await record(path('data'), [flag('e1'), published('p1', 'v1', 3), flag('e2')])
    const all = unwrap(await listed())
    expect(all).toEqual([
      {
        id: 'rules',
        version: 'v1',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        effectiveFrom: '2025-04-01T00:00:00Z',
        state: 'in force',
        publishedAt: '2025-04-29T00:00:00Z',
        recordedAt: new Date(RECORDED).toISOString(),
        sequence: 2,
      },
    ])
    expect(unwrap(await listed('rules'))).toEqual(all)
    expect(unwrap(await listed('ads'))).toEqual([])
  })

  test('when there is none, then it fails and says how to create one', async () => {
    expect(errorOf(await listed())).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('create one with redress ingest'),
    })
  })
})
