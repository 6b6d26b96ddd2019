import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { trustOption } from '../../src/cli/trust-option.ts'

/** What the option makes of its arguments, or how it refuses them. */
const parsed = (...args: ReadonlyArray<string>): unknown => {
  const command = new Command()
    .addOption(trustOption())
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  try {
    return command.parse(args, { from: 'user' }).opts().trustSource
  } catch (error) {
    return String(error)
  }
}
const rules = (source: string) => ({ type: 'ruleset.published.v1', source })
const evidence = (source: string) => ({ type: 'flag.rescored.v1', source })

describe('given --trust-source', () => {
  test.each([
    ['/policy', rules('/policy')],
    ['ruleset.published=/policy', rules('/policy')],
    ['flag.rescored=/scanner', evidence('/scanner')],
    ['decision.audited=/review', { type: 'decision.audited.v1', source: '/review' }],
    ['reinstatement.declined=/enforce', { type: 'reinstatement.declined.v1', source: '/enforce' }],
    ['flag.rescored=urn:scanner?v=4', evidence('urn:scanner?v=4')],
    ['/policy?team=rules', rules('/policy?team=rules')],
    ['urn:policy=rules', rules('urn:policy=rules')],
    ['ruleset.published=a=b', rules('a=b')],
    ['ruleset.published', rules('ruleset.published')],
  ])('when it is %s, then that source is trusted with that type', (argument, expected) => {
    expect(parsed('--trust-source', argument)).toEqual([expected])
  })

  test('when it is given several times, or with several arguments, then all of them are trusted', () => {
    expect(parsed('--trust-source', '/a', 'flag.rescored=/b', '--trust-source', '/c')).toEqual([
      rules('/a'),
      evidence('/b'),
      rules('/c'),
    ])
    expect(parsed()).toBeUndefined()
  })

  test.each(['flag.raised=/x', 'flag.rescored.v1=/x', 'flag.rescred=/x', 'a=b'])(
    'when it is %s, then the message names the types that need a trusted source',
    (argument) => {
      expect(parsed('--trust-source', argument)).toMatch(
        /Give SOURCE, ruleset\.published=SOURCE, flag\.rescored=SOURCE, decision\.audited=SOURCE or reinstatement\.declined=SOURCE; no other type needs a trusted source\.$/,
      )
    },
  )

  test.each(['', 'flag.rescored=', '/two words', 'flag.rescored= /x', '/\u00e9'])(
    'when the source is not a valid one (%j), then the message says what it must be',
    (argument) => {
      expect(parsed('--trust-source', argument)).toContain(
        'A source is a URI reference of 1 to 200 printable',
      )
    },
  )
})
