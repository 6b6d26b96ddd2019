import { expect, test } from 'vitest'
import { agendaOf } from '../../../src/app/simulate/agenda.ts'
import type { PlannedStep } from '../../../src/simulation/agent.ts'
import type { Arrival } from '../../../src/simulation/simulate.ts'

const arrivals = (...times: ReadonlyArray<number>): ReadonlyArray<Arrival> =>
  times.map((at) => ({ at, type: 'content.evaluated.v1', line: `arrival ${at}` }))
const send = (at: number, line: string): PlannedStep => ({ kind: 'send', at, line })
const linesOf = (plans: ReadonlyArray<PlannedStep>) =>
  plans.map((plan) => (plan.kind === 'send' ? plan.line : plan.kind))

test('given arrivals, when they are taken, then second by second, and then there is nothing more', () => {
  const agenda = agendaOf(arrivals(1_000, 1_999, 2_000, 7_500))
  expect(agenda.next()).toBe(1_000)
  expect(linesOf(agenda.takeSecond())).toEqual(['arrival 1000', 'arrival 1999'])
  expect(linesOf(agenda.takeSecond())).toEqual(['arrival 2000'])
  expect(agenda.next()).toBe(7_500)
  expect(linesOf(agenda.takeSecond())).toEqual(['arrival 7500'])
  expect(agenda.next()).toBe(null)
  expect(agenda.takeSecond()).toEqual([])
})

test('given plans beside arrivals, when they are taken, then all in the order of time, and plans first at one instant', () => {
  const agenda = agendaOf(arrivals(1_200, 1_400))
  agenda.add([send(1_400, 'b'), send(1_300, 'a')])
  agenda.add([send(1_400, 'c'), send(900, 'before all')])
  expect(linesOf(agenda.takeSecond())).toEqual(['before all'])
  expect(linesOf(agenda.takeSecond())).toEqual(['arrival 1200', 'a', 'b', 'c', 'arrival 1400'])
})

test('given only plans, when they are taken, then they happen at their times', () => {
  const agenda = agendaOf([])
  expect(agenda.next()).toBe(null)
  agenda.add([send(5_000, 'late')])
  expect(agenda.next()).toBe(5_000)
  expect(linesOf(agenda.takeSecond())).toEqual(['late'])
})
