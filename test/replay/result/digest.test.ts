import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { expect, test } from 'vitest'
import { replay } from '../../../src/replay/result/replay.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, historyOf, RULESET, service } from '../histories.ts'

const { published, flagged, banned } = service

const document = (version: string) => ({
  ruleset: RULESET,
  version,
  signals: {},
  rules: [{ id: 'a', category: 'alpha', when: 'true', strikes: 1 }],
  deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
})
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hashOf = (value: unknown): string => sha256(canonicalize(value) ?? '')
const events = [
  published(document('v1')),
  flagged('u1', 1, { flagId: 'f1' }),
  banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
]

test.each([
  ['a corrected ruleset alone', correcting(document('v2')), [hashOf(document('v2'))]],
  [
    'a correction with a ruleset',
    correctionOf({ correction: 'c', ruleset: document('v2') }),
    [hashOf(document('v2')), correctionOf({ correction: 'c', ruleset: document('v2') }).document?.sha256],
  ],
  [
    'a correction that says that the rules were right',
    correctionOf({ correction: 'c', ruleset: { id: RULESET } }),
    [RULESET, correctionOf({ correction: 'c', ruleset: { id: RULESET } }).document?.sha256],
  ],
])('given %s, then the digest is over what the definition lists', (_, correction, corrected) => {
  const { digest, rows } = replay(historyOf(events, correction), correction)
  const lines = [
    ...['redress-replay-v1', ...corrected, '1', hashOf(document('v1'))],
    ...rows.all().map((row) => canonicalize(row)),
  ]
  expect(digest).toBe(sha256(`${lines.join('\n')}\n`))
})
