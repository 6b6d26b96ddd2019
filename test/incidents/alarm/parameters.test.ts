import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { checkParameters, defaultParameters } from '../../../src/incidents/alarm/parameters.ts'

const ofRule = (share: number, rule = 'spam.links') => ({ ruleset: 'guidelines', rule, share })

describe('given parameters of alarms', () => {
  test.each([
    defaultParameters,
    { falseAlarmsAYear: 12, wrongDecisions: 0.5, wrongDecisionsOf: [ofRule(0.05), ofRule(0.2, 'other')] },
  ])('when %j are checked, then they are taken as they are', (parameters) => {
    expect(checkParameters(parameters)).toEqual(E.right(parameters))
  })

  test.each([
    [{ falseAlarmsAYear: 0, wrongDecisions: 0.1 }, 'falseAlarmsAYear'],
    [{ falseAlarmsAYear: 1_001, wrongDecisions: 0.1 }, 'falseAlarmsAYear'],
    [{ falseAlarmsAYear: 1 }, 'wrongDecisions'],
    [{ falseAlarmsAYear: 1, wrongDecisions: 0.6 }, 'wrongDecisions'],
    [{ ...defaultParameters, wrongDecisionsOf: [ofRule(0.05), ofRule(0)] }, 'wrongDecisionsOf[1].share'],
    [{ ...defaultParameters, wrongDecisionsOf: [ofRule(0.05), ofRule(0.2)] }, 'wrongDecisionsOf'],
    [{ ...defaultParameters, colour: 'red' }, 'colour'],
  ])('when %j are checked, then the problem is named with its path: %s', (parameters, path) => {
    expect(checkParameters(parameters)).toMatchObject(E.left([{ path }]))
  })
})
