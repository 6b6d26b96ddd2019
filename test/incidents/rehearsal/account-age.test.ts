import { expect, test } from 'vitest'
import { ageBandOf, ageType } from '../../../src/incidents/rehearsal/account-age.ts'
import { compiled } from '../../replay/histories.ts'

const declaring = (signals: Readonly<Record<string, string>>) =>
  compiled({ ruleset: 'guidelines', version: 'v1', signals, rules: [], deactivations: [] })

test.each([
  [{ account_age_days: -1 }, 'under 7 days'],
  [{ account_age_days: 6.9 }, 'under 7 days'],
  [{ account_age_days: 7 }, '7 to 29 days'],
  [{ account_age_days: 364 }, '90 to 364 days'],
  [{ account_age_days: 365 }, '365 days or more'],
  [{ account_age_days: '7' }, 'not recorded'],
  [{}, 'not recorded'],
])('given %j, then the account is %s old', (signals, band) => {
  expect(ageBandOf(signals, 'double')).toBe(band)
})

test('given an age that is declared as a whole number, then another one is missing', () => {
  expect(ageBandOf({ account_age_days: 6.9 }, 'int')).toBe('not recorded')
})

test('given two versions, then the age is of the type that the new one declares, or else the old one', () => {
  const [int, double, text, none] = ['int', 'double', 'string', null].map((type) =>
    declaring(type === null ? {} : { account_age_days: type }),
  )
  if (int === undefined || double === undefined || text === undefined || none === undefined) throw new Error()
  expect(ageType(int, double)).toBe('double')
  expect(ageType(int, none)).toBe('int')
  expect(ageType(null, none)).toBeNull()
  expect(ageType(int, text)).toBeNull()
})
