import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { checkRuleset, compileRuleset, parseRuleset } from '../../src/rulesets/document.ts'

const root = new URL('../vectors/', import.meta.url)
const names = readdirSync(root)
/** The others have a correction in its place, which the replay of the vectors compiles. */
const withRuleset = names.filter((name) => existsSync(new URL(`${name}/corrected.json`, root)))

type Event = {
  readonly type: string
  readonly data: {
    readonly ruleset?: { readonly id: string; readonly version: string; readonly sha256?: string }
    readonly document?: unknown
  }
}
const textOf = (name: string, file: string): string => readFileSync(new URL(`${name}/${file}`, root), 'utf8')
const eventsOf = (name: string): ReadonlyArray<Event> =>
  textOf(name, 'events.ndjson')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Event => JSON.parse(line))
const publishedIn = (name: string): ReadonlyArray<Event> =>
  eventsOf(name).filter(({ type }) => type === 'ruleset.published.v1')

describe('the rulesets of the vectors', () => {
  test.each(withRuleset)('%s: the corrected one compiles from its text and as data, to the same', (name) => {
    const text = textOf(name, 'corrected.json')
    const fromText = parseRuleset(text)
    const fromData = compileRuleset(JSON.parse(text))
    if (E.isLeft(fromText) || E.isLeft(fromData)) throw new Error(JSON.stringify([fromText, fromData]))
    expect(fromText.right.sha256).toBe(fromData.right.sha256)
    expect(checkRuleset(text).problems.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test.each(names)(
    '%s: every published one compiles to the id and version it was published under',
    (name) => {
      for (const { data } of publishedIn(name)) {
        const ruleset = compileRuleset(data.document)
        expect(E.isRight(ruleset) && { id: ruleset.right.id, version: ruleset.right.version }).toEqual(
          data.ruleset,
        )
      }
    },
  )

  test('the canonical hash is the one in a decision', () => {
    const [published] = publishedIn('38-which-document')
    const ruleset = compileRuleset(published?.data.document)
    const named = eventsOf('38-which-document').flatMap(({ data }) => data.ruleset?.sha256 ?? [])
    expect(named).toContain(E.isRight(ruleset) ? ruleset.right.sha256 : '')
  })
})
