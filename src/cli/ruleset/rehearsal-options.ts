import { InvalidArgumentError, Option } from 'commander'
import {
  EXPECTATION_FORM,
  type Expectations,
  parseExpectation,
} from '../../incidents/rehearsal/expectations.ts'
import { DURATION_NAME, parseDuration } from '../../rulesets/duration.ts'
import { wholeNumber } from '../output.ts'

/** How a version is rehearsed. */
export type RehearsalOptions = { readonly over: number; readonly expect?: Expectations }

/** `--over DURATION`. */
export const overOption = (): Option =>
  new Option('--over <duration>', 'how much evidence to read: the time before the last event of a service')
    .argParser((text: string): number => {
      const duration = parseDuration(text)
      if (duration === undefined) throw new InvalidArgumentError(`Give ${DURATION_NAME}.`)
      return duration
    })
    .default(parseDuration('7d'), '7d')

/** `--expect RULE=+40%`, which may be repeated. */
export const expectOption = (): Option =>
  new Option(
    '--expect <expectation>',
    'how much new evidence a rule is expected to fire on, as RULE=+40% or RULE=+1200; may be repeated',
  ).argParser((text: string, others: Expectations = new Map()): Expectations => {
    const expectation = parseExpectation(text)
    if (expectation === undefined) throw new InvalidArgumentError(`Give ${EXPECTATION_FORM}.`)
    return new Map([...others, expectation])
  })

/** `--sample N`. */
export const sampleOption = (): Option =>
  new Option(
    '--sample <number>',
    'how much evidence to show for each rule on which only the new version fires',
  )
    .argParser(wholeNumber(0))
    .default(20)
