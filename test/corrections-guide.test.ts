import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { marked, type Tokens } from 'marked'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as E from '#fp/Either'
import { decodeIncoming } from '../src/domain/decode.ts'
import type { Correction } from '../src/replay/correction/correction.ts'
import { openCorrection, parseCorrection } from '../src/replay/correction/document.ts'
import type { GroundTruth } from '../src/simulation/truth.ts'
import { found, known, replayed } from './simulation/replayed.ts'
import { simulated } from './simulation/simulated.ts'

const guide = readFileSync(join(import.meta.dirname, '../docs/corrections.md'), 'utf8')

const blocks = (language: string): ReadonlyArray<string> =>
  marked.lexer(guide).flatMap((token) => {
    if (token.type !== 'code') return []
    const { lang, text } = token as Tokens.Code
    return lang === language ? [text] : []
  })

/** The files that a correction of the guide names, as its incident's truth has them. */
const filesOf = (text: string, { rulesetCorrected, correction }: GroundTruth) => {
  const { withdrawals = [] }: { withdrawals?: ReadonlyArray<{ id: string; flags_file?: string }> } =
    parse(text)
  const listed = new Map(correction?.withdrawals.map(({ id, flags = [] }) => [id, flags]))
  return new Map([
    ['corrected.yaml', E.right(JSON.stringify(rulesetCorrected))],
    ...withdrawals.flatMap(({ id, flags_file }) =>
      flags_file === undefined ? [] : [[flags_file, E.right((listed.get(id) ?? []).join('\n'))] as const],
    ),
  ])
}

const compiled = (text: string, truth: GroundTruth): Correction => {
  const correction = parseCorrection(text, filesOf(text, truth))
  if (E.isLeft(correction)) throw new Error(`${text}${JSON.stringify(correction.left, null, 2)}`)
  return correction.right
}

const corrections = blocks('yaml').map((text) => [String(parse(text).correction), text] as const)

test('given the guide, then it has a correction for each kind of incident', () => {
  expect(corrections.map(([incident]) => incident)).toEqual([
    'threshold-typo',
    'detector-rescored',
    'hash-list-entry',
    'wrong-account-join',
    'vendor-error',
    'pipeline-fault',
    'expired-strikes',
  ])
})

describe.each(corrections)('given the correction of the guide for %s', (incident, text) => {
  const simulation = simulated(incident, 5, 700)

  test('then nothing in it is probably a mistake', () => {
    expect(openCorrection(text).compile(filesOf(text, simulation.truth)).problems).toEqual([])
  })

  test('when the simulated incident is replayed by it, then exactly what was wrong is found', () => {
    expect(known(simulation).putBack.length).toBeGreaterThan(10)
    expect(found(replayed(simulation, compiled(text, simulation.truth)))).toEqual(known(simulation))
  })
})

test('given the rescoring that the guide shows, then it is an event as a service publishes it', () => {
  const events = blocks('json')
    .map((text) => JSON.parse(text))
    .filter(({ type }) => type !== undefined)
  expect(events.map(({ type }) => type)).toEqual(['flag.rescored.v1'])
  for (const event of events) expect(decodeIncoming(event)).toMatchObject({ _tag: 'Right' })
})
