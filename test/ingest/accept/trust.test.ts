import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { sampleEvent } from '../../../src/domain/sample.ts'
import { admit } from '../../../src/ingest/accept/admit.ts'
import type { Trust } from '../../../src/ingest/accept/trust.ts'

const NOW = Date.parse('2030-01-01T00:00:00Z')
const RULES = { type: 'ruleset.published.v1', source: '/policy' } as const
const AUDITS = { type: 'decision.audited.v1', source: '/review' } as const
const DECLINES = { type: 'reinstatement.declined.v1', source: '/enforcement' } as const
const EVIDENCE = { type: 'flag.rescored.v1', source: '/scanner' } as const
const ALL = [RULES, EVIDENCE, AUDITS, DECLINES]

/** How an event of a type from a source is admitted. */
const admitted = (type: Parameters<typeof sampleEvent>[0], source: string, trust: Trust) =>
  admit(Buffer.from(JSON.stringify({ ...sampleEvent(type), source })), { now: NOW, trust })

describe.each([
  [RULES.type, 'rulesets', 'ruleset.published', RULES],
  [EVIDENCE.type, 'rescorings', 'flag.rescored', EVIDENCE],
  ['decision.audited.v1', 'audits', 'decision.audited', AUDITS],
  [DECLINES.type, 'declined requests', 'reinstatement.declined', DECLINES],
] as const)('given an event %s', (type, words, name, trusted) => {
  test('when its source is trusted with that type, or an operator supplies it, then it is admitted', () => {
    expect(admitted(type, trusted.source, ALL)).toMatchObject({ _tag: 'Right' })
    expect(admitted(type, '/anybody', 'all')).toMatchObject({ _tag: 'Right' })
  })

  test('when its source is trusted with nothing, or only with the other type, then it is refused, naming the field', () => {
    const source = type === RULES.type ? EVIDENCE.source : RULES.source
    for (const trust of [[], ALL]) {
      expect(admitted(type, source, trust)).toEqual(
        E.left({
          code: 'untrusted',
          path: 'source',
          message: `${source} is not trusted to publish ${words}; if it should be, name it with --trust-source ${name}=SOURCE`,
        }),
      )
    }
  })
})

test('given any other type, then it needs no trusted source', () => {
  expect(admitted('flag.raised.v1', '/anybody', [])).toMatchObject({ _tag: 'Right' })
  expect(admitted('content.evaluated.v1', '/anybody', [])).toMatchObject({ _tag: 'Right' })
})
