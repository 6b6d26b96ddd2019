import { expect, test } from 'vitest'
import { impactLines } from '../../../src/cli/ruleset/impact.ts'
import { collectImpact } from '../../../src/incidents/rehearsal/impact.ts'
import type { Blame } from '../../../src/replay/result/blame.ts'
import { compiled } from '../../replay/histories.ts'

const ruleset = compiled({ ruleset: 'rules', version: 'v2', signals: {}, rules: [], deactivations: [] })
const cause = (policy: string): Blame => ({
  cause: { kind: 'policy', policy, rulesetVersion: 'v1' },
  alone: 1,
  jointly: 0,
  first: '2026-01-01T00:00:00Z',
  last: '2026-01-01T00:00:00Z',
})
const linesWith = (causes: ReadonlyArray<Blame>): string =>
  impactLines({ ruleset, since: 0, sequence: 1, impact: collectImpact().finish(), causes }).join('\n')

test('given more causes than are shown, when an impact is shown, then it says where the others are', () => {
  const shown = linesWith(Array.from({ length: 12 }, (_, i) => cause(`p${i}`)))
  expect(shown).toContain('is because of (12 causes)')
  expect(shown).toMatch(/ and 2 more \(--json shows all\)$/)
})

test('given no causes, when an impact is shown, then nothing is said of them', () => {
  expect(linesWith([])).not.toContain('cause')
})
