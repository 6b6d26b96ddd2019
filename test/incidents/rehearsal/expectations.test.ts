import { expect, test } from 'vitest'
import { type FiringCounts, noCounts } from '../../../src/incidents/rehearsal/counts.ts'
import {
  checkExpectations,
  parseExpectation,
  unexpectedIn,
} from '../../../src/incidents/rehearsal/expectations.ts'
import type { RehearsedRule } from '../../../src/incidents/rehearsal/rehearsal.ts'
import { compiled, type Document } from '../../replay/histories.ts'

const document: Document = {
  ruleset: 'guidelines',
  version: 'v2',
  signals: { score: 'int' },
  rules: [{ id: 'adult.explicit', category: 'adult', when: 'signals.score > 1' }],
  deactivations: [],
}
const ruleset = compiled(document)

const ruleWith = (counts: Partial<FiringCounts>): RehearsedRule => ({
  id: 'adult.explicit',
  change: 'kept',
  replaces: [],
  was: [],
  now: null,
  counts: { ...noCounts(), ...counts },
  byDetector: [],
  byAccountAge: [],
  sample: [],
})
const expecting = (text: string) => {
  const expectation = parseExpectation(text)
  return new Map(expectation === undefined ? [] : [expectation])
}
const unexpectedWith = (counts: Partial<FiringCounts>, expectation = '') =>
  unexpectedIn({ old: ruleset, rules: [ruleWith(counts)] }, expecting(expectation))

test('given more new evidence than 25 % of what the old version fires on, then it is unexpected', () => {
  expect(unexpectedWith({ both: 60, onlyOld: 40, onlyNew: 25 })).toEqual([])
  expect(unexpectedWith({ both: 60, onlyOld: 40, onlyNew: 26 })).toEqual([
    { rule: 'adult.explicit', newlyFired: 26, fired: 100, allowed: 25 },
  ])
})

test('given fewer than 10 pieces of new evidence, then they are never too much', () => {
  expect(unexpectedWith({ onlyNew: 9 })).toEqual([])
  expect(unexpectedWith({ onlyNew: 10 })).toHaveLength(1)
})

test('given evidence on which the old version was unknown, then it is new where the new one fires, and old where the old one did', () => {
  expect(unexpectedWith({ onlyNew: 8, unknown: 50, unknownNewFires: 2 })).toMatchObject([{ newlyFired: 10 }])
  expect(unexpectedWith({ onlyNew: 10, unknown: 50, unknownOldFires: 40 })).toEqual([])
})

test('given an expectation, then it decides how much is too much, as a share or as a number', () => {
  const counts = { both: 100, onlyNew: 40 }
  expect(unexpectedWith(counts, 'adult.explicit=+40%')).toEqual([])
  expect(unexpectedWith(counts, 'adult.explicit=+39.5%')).toMatchObject([{ allowed: 39 }])
  expect(unexpectedWith(counts, 'adult.explicit=+40')).toEqual([])
  expect(unexpectedWith(counts, 'adult.explicit=+39')).toMatchObject([{ allowed: 39 }])
  expect(unexpectedWith(counts, 'other.rule=+40%')).toHaveLength(1)
})

test.each(['adult.explicit=+0', 'adult.explicit=+0%'])(
  'given that nothing new is expected (%s), then one piece of evidence is too much',
  (expectation) => {
    expect(unexpectedWith({ both: 100, onlyNew: 1 }, expectation)).toMatchObject([{ allowed: 0 }])
    expect(unexpectedWith({ both: 100 }, expectation)).toEqual([])
  },
)

test('given a number that is expected, then one more is too much, however few they are', () => {
  expect(unexpectedWith({ onlyNew: 5 }, 'adult.explicit=+5')).toEqual([])
  expect(unexpectedWith({ onlyNew: 6 }, 'adult.explicit=+5')).toHaveLength(1)
})

test('given a first version, then nothing is unexpected', () => {
  expect(unexpectedIn({ old: null, rules: [ruleWith({ onlyNew: 1000 })] }, new Map())).toEqual([])
})

test.each([
  'adult.explicit',
  'adult.explicit=40%',
  'adult.explicit=+40.5',
  '=+40%',
  'adult.explicit=+-1',
  'a=+1%%',
])('given %s, then it is no expectation', (text) => {
  expect(parseExpectation(text)).toBeUndefined()
})

test('given an expectation about a rule that the version does not have, then the likely one is named', () => {
  expect(checkExpectations(expecting('adult.explicit=+40%'), ruleset)).toMatchObject({ _tag: 'Right' })
  expect(checkExpectations(expecting('adult.explict=+40%'), ruleset)).toMatchObject({
    left: 'the version v2 has no rule "adult.explict": did you mean adult.explicit?',
  })
})
