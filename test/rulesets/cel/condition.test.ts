import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { compileCondition } from '../../../src/rulesets/cel/condition.ts'
import type { Evidence, SignalType, Truth } from '../../../src/rulesets/ruleset.ts'
import { often } from '../../long/often.ts'
import { conditions, declared, evidences, truthOf } from './generate.ts'

const signals: ReadonlyMap<string, SignalType> = new Map([
  ['score', 'double'],
  ['links', 'int'],
  ['flagged', 'bool'],
  ['language', 'string'],
])

const nothing: Evidence = {
  signals: {},
  detector: { kind: 'model', id: 'scanner', version: '4.2.0' },
  flag: { category: 'spam', source: 'own_initiative' },
  content: { id: 'p1', kind: 'pin' },
}

const compiled = (text: string, of = signals): ((evidence: Evidence) => Truth) => {
  const condition = compileCondition(text, of)
  if (E.isLeft(condition)) throw new Error(`${text}: ${JSON.stringify(condition.left)}`)
  return condition.right.evaluate
}

describe('the supported language', () => {
  test.each([
    'true',
    'signals.score >= 0.97 && !signals.flagged',
    'signals.links > 40 || signals.links * 2 - 1 < -3',
    'signals.language in ["de", "en"]',
    'signals.links in [-1, - 2, -(3)]',
    'signals.language.startsWith("d") || signals.language.endsWith("e") || signals.language.contains("x")',
    'signals.language + "-AT" == "de-AT"',
    'has(signals.links) && has(content.id)',
    'detector.kind == "model" && detector.id != "x" && detector.version < "5"',
    'flag.category == "spam" && flag.source == "own_initiative"',
    'content.kind == "pin" && content.id == "p1"',
    'signals.links > -9223372036854775808 && signals.links < 9223372036854775807',
    'signals.flagged == true',
    '// why\nsignals.flagged',
  ])('accepts %s', (text) => {
    expect(E.isRight(compileCondition(text, signals))).toBe(true)
  })

  test.each([
    // Types agree.
    ['signals.score >= 1', 17, 'double and int', 'write 1.0'],
    ['signals.score >= -40', 17, 'double and int', 'write -40.0'],
    ['signals.links > 40.0', 16, 'int and double', 'write 40'],
    ['signals.links > 40.5', 16, 'int and double', 'compare an int with a whole number'],
    ['signals.links == signals.score', 14, 'int and double', 'both sides must be int, or both double'],
    ['signals.links + signals.score > 1', 14, 'int and double', 'both sides must be int, or both double'],
    ['signals.language == 3', 20, 'string and int', 'write "3"'],
    ['signals.flagged == "true"', 19, 'bool and string', 'remove the quotes'],
    ['signals.links && signals.flagged', 0, '&& takes bool', 'compare it with a number'],
    ['signals.flagged && signals.language', 19, '&& takes bool', 'compare it with a string'],
    ['!signals.links', 1, '! takes bool', 'compare it with a number'],
    ['signals.links + 1', 0, 'true or false', 'compare it with a number'],
    ['"text"', 0, 'true or false', 'compare it with a string'],
    ['signals.flagged + signals.flagged', 16, 'takes numbers', null],
    ['signals.language - "a" == "b"', 17, 'takes numbers', null],
    ['signals.language in ["de", 3]', 27, 'string in a list of int', 'write "3"'],
    ['signals.language in []', 20, 'empty list', null],
    [
      'signals.language in [signals.language]',
      21,
      'only hold literals',
      'compare with == instead, joined by ||',
    ],
    ['signals.language in signals.language', 20, 'list of literals', 'such as ["a", "b"]'],
    ['signals.links.startsWith("a")', 0, 'startsWith takes string', null],
    ['signals.language.startsWith(1)', 28, 'startsWith takes string', null],
    ['signals.language.startsWith("a", "b")', 16, 'takes one string', null],
    // Names are known.
    ['signals.scor > 0.5', 8, 'unknown signal "scor"', 'did you mean score?'],
    ['has(signals.linkz)', 12, 'unknown signal "linkz"', 'did you mean links?'],
    ['signals.toString == "x"', 8, 'unknown signal "toString"', 'declare it under `signals`'],
    ['score > 0.5', 0, 'unknown name "score"', 'write signals.score'],
    ['signal.score > 0.5', 0, 'have fields', 'did you mean signals?'],
    ['signals > 1', 0, 'signals is not a value', 'use one of its fields: signals.NAME'],
    ['signals.score.x > 1', 0, 'have fields', null],
    ['detector.knd == "model"', 9, 'no field "knd"', 'did you mean kind?'],
    ['has(content.url)', 12, 'no field "url"', 'its fields are id, kind'],
    ['has(detector.kind)', 0, 'is never missing', 'remove has()'],
    ['has(signals)', 0, 'the function has', 'has() takes signals.NAME, content.id or content.kind'],
    // Nothing else of CEL.
    ['signals.flagged ? true : false', 0, '?:', 'write (condition && a) || (!condition && b)'],
    ['signals.links / 2 > 1', 14, '/', 'multiply instead: a > 10.0 * b'],
    ['signals.links % 2 == 0', 14, '%', 'there is no remainder; record it as a signal'],
    ['-signals.links > 1', 0, '-', 'a minus is only allowed before a number; write 0 - x'],
    ['signals["links"] > 1', 7, '[]', 'signals are plain values: signals.NAME'],
    ['[1, 2].exists(x, x > 1)', 6, 'macros', null],
    ['{"a": true}.a', 0, 'have fields', null],
    ['1u == 1u', 0, 'unsigned', 'remove the u'],
    ['b"x" == b"x"', 0, 'only numbers, strings', null],
    ['null == null', 0, 'null', 'use has(signals.NAME)'],
    ['size(signals.language) > 1', 0, 'the function size', 'record the length as a signal'],
    ['signals.language.matches("a")', 16, 'the method matches', 'use startsWith, endsWith or contains'],
    ['startsWith(signals.language, "a")', 0, 'startsWith', 'write text.startsWith(part)'],
    ['constructor(signals.language)', 0, 'the function constructor', null],
    ['signals.language.toString()', 16, 'the method toString', null],
    ['9223372036854775808 > signals.links', 0, 'range of int', null],
    ['-9223372036854775809 < signals.links', 0, 'range of int', null],
    ['signals.score < 1e999', 16, 'range of double', null],
    // Syntax.
    ['', 0, 'empty', 'write true for a rule without a condition'],
    ['signals.links = 3', 14, 'a single =', 'write == to compare'],
    ['signals.flagged and true', 16, '"and"', 'write &&'],
    ['not signals.flagged', 4, '"not"', 'write !'],
    ['signals.flagged & true', 16, 'a single &', 'write && for "and"'],
    ['signals.flagged | true', 16, 'a single |', 'write || for "or"'],
    ['(signals.flagged', 0, 'never closed', null],
    ['signals.flagged)', 15, 'unmatched )', null],
    ['signals.language == "de', 20, 'not closed', null],
    ['signals.links >', 14, 'incomplete', 'check what comes after it'],
    ['signals.flagged\n  && (signals.links >)', 36, 'incomplete', 'check what comes after it'],
    ['true && !(signals.links in [1 2]) && true', 30, 'unexpected "2"', null],
    ['signals.links > && true', 14, 'incomplete', 'check what comes after it'],
    ['signals.true', 8, 'reserved', null],
    [
      '"\\ud83d" == signals.language',
      1,
      'surrogate',
      'write the whole character, or its code point as \\U and 8 digits',
    ],
    ['signals.score > 1e-400', 16, 'closer to 0', 'write 0.0'],
    ['signals.score > -0.5e-999', 16, 'closer to 0', 'write 0.0'],
    // Escapes.
    ["signals.language == '\\q'", 21, '\\q is not a CEL escape', 'write \\\\ for a backslash'],
    ["signals.language.contains('a\\d')", 28, '\\d is not a CEL escape', 'write \\\\ for a backslash'],
    ["signals.language == '\\ '", 21, 'a backslash before a space', 'write \\\\ for a backslash'],
    ["signals.language == '\\x4'", 21, '2 hexadecimal digits', 'such as \\x41'],
    ["signals.language == '\\u12'", 21, '4 hexadecimal digits', 'such as \\u00e9'],
    ["signals.language == '\\U0001F60'", 21, '8 hexadecimal digits', 'such as \\U0001f600'],
    ["signals.language == '\\U00110000'", 21, 'beyond U+10FFFF', 'write \\\\ for a backslash'],
    [
      "signals.language == '\\U0000dfff'",
      21,
      'surrogate',
      'write the whole character, or its code point as \\U and 8 digits',
    ],
    ["signals.language == '\\400'", 21, '\\000 to \\377', 'write \\\\ for a backslash'],
    ["signals.language == '\\8'", 21, '\\000 to \\377', 'write \\\\ for a backslash'],
    ["signals.language == '\\1'", 21, '\\000 to \\377', 'write \\\\ for a backslash'],
    ['signals.language in ["a", """b"\\q"""]', 31, '\\q is not a CEL escape', 'write \\\\ for a backslash'],
    [
      'signals.language == "it\'s" && signals.language != "\\q"',
      51,
      '\\q is not a CEL escape',
      'write \\\\ for a backslash',
    ],
    ['"\ud83d" == signals.language', 1, 'surrogate', null],
  ])('refuses %s', (text, offset, message, hint) => {
    const result = compileCondition(text, signals)
    const [first] = E.isLeft(result) ? result.left : []
    expect(first).toMatchObject({ offset, hint })
    expect(first?.message).toContain(message)
  })

  test('every error in a condition is found, not only the first', () => {
    const result = compileCondition('signals.scor > 1 && signals.links > 1.5 || foo', signals)
    expect(E.isLeft(result) && result.left.map(({ offset }) => offset)).toEqual([8, 36, 43])
  })

  test('what a condition reads is reported, as values and in has()', () => {
    const result = compileCondition(
      'has(signals.links) && signals.score > 0.5 && detector.id == "x"',
      signals,
    )
    expect(E.isRight(result) && [...result.right.reads].sort()).toEqual([
      'detector.id',
      'signals.links',
      'signals.score',
    ])
  })

  test.each([
    ['nested brackets', '('.repeat(10_000)],
    ['nested and closed brackets', `${'('.repeat(4000)}true${')'.repeat(4000)}`],
    ['nested lists', '['.repeat(5000)],
    ['a long sum', `1${' + 1'.repeat(2000)} > 0`],
    ['a long chain of fields', `signals${'.a'.repeat(4000)}`],
    ['a chain of comparisons', `1${'<1'.repeat(4000)}`],
    ['more than 10,000 characters', `"${'x'.repeat(10_000)}" == ""`],
  ])('refuses %s without a crash', (_, text) => {
    expect(E.isLeft(compileCondition(text, signals))).toBe(true)
  })

  test('a condition at the depth limit is accepted and evaluated', () => {
    expect(compiled(`${'('.repeat(100)}true${')'.repeat(100)}`)(nothing)).toBe('true')
    expect(compiled(`${'!(false || '.repeat(44)}true${')'.repeat(44)}`)(nothing)).toBe('true')
    expect(compiled(Array(1000).fill('true').join(' && '))(nothing)).toBe('true')
  })

  test('any text gets an answer', () => {
    const token = fc.constantFrom(
      ...'( ) [ ] { } . , ! - + * / % < > == && || ? : in has signals score links true null 1 1.5 "a" \' " \\ = & | // \n é 😀'.split(
        ' ',
      ),
    )
    const soup = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), soup), (text) => {
        const result = compileCondition(text, signals)
        if (E.isLeft(result)) {
          expect(result.left.length).toBeGreaterThan(0)
          for (const { offset } of result.left) expect(offset >= 0 && offset <= text.length).toBe(true)
        } else expect(['true', 'false', 'unknown']).toContain(result.right.evaluate(nothing))
      }),
      { numRuns: often(500, 10_000) },
    )
  })
})

describe('three-valued truth', () => {
  const over = (text: string, recorded: Evidence['signals'], content = nothing.content): Truth =>
    compiled(text)({ ...nothing, signals: recorded, content })

  test('a missing signal is unknown, and absorbed if the rest decides', () => {
    expect(over('signals.score > 0.5', {})).toBe('unknown')
    expect(over('signals.score > 0.5 && signals.links > 3', { links: 1 })).toBe('false')
    expect(over('signals.links > 3 && signals.score > 0.5', { links: 1 })).toBe('false')
    expect(over('signals.score > 0.5 || signals.links > 3', { links: 4 })).toBe('true')
    expect(over('signals.score > 0.5 || signals.links > 3', { links: 1 })).toBe('unknown')
    expect(over('!(signals.score > 0.5)', {})).toBe('unknown')
  })

  test('a value that does not fit its type is missing', () => {
    expect(over('signals.links > 3', { links: '50' })).toBe('unknown')
    expect(over('signals.links > 3', { links: 50.5 })).toBe('unknown')
    expect(over('signals.links > 3', { links: true })).toBe('unknown')
    expect(over('signals.links > 3', { links: 2 ** 60 })).toBe('unknown')
    expect(over('signals.links > 3', { links: 50.0 })).toBe('true')
    expect(over('signals.score > 0.5', { score: 1 })).toBe('true')
    expect(over('signals.flagged', { flagged: 1 })).toBe('unknown')
    expect(over('signals.language == "1"', { language: 1 })).toBe('unknown')
  })

  test('every CEL escape has its CEL meaning, and a raw string has none', () => {
    const escapes: ReadonlyArray<readonly [string, string]> = [
      ...['a\x07', 'b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v', '\\\\', '??', '""', "''", '``'].map(
        (pair) => [`\\${pair.charAt(0)}`, pair.slice(1)] as const,
      ),
      ['\\x41', 'A'],
      ['\\X41', 'A'],
      ['\\u00e9', '\u00e9'],
      ['\\U0001F600', '\u{1f600}'],
      ['\\101', 'A'],
      ['\\377', '\u00ff'],
    ]
    for (const [written, language] of escapes) {
      expect(over(`signals.language == "${written}"`, { language }), written).toBe('true')
      expect(over(`signals.language == '''${written}'''`, { language }), written).toBe('true')
    }
    expect(over("signals.language == r'\\d'", { language: '\\d' })).toBe('true')
    expect(over('signals.language == R"\\u12"', { language: '\\u12' })).toBe('true')
    // After a raw string that ends in a backslash the next string has escapes again.
    expect(over("r'\\' == '\\\\'", {})).toBe('true')
  })

  test('an int that overflows is unknown', () => {
    for (const text of [
      'signals.links + 9223372036854775807 > 0',
      'signals.links * 9223372036854775807 > 0',
      '-9223372036854775808 - signals.links < 0',
    ]) {
      expect(over(text, { links: 2 }), text).toBe('unknown')
    }
    expect(over('signals.links > -9223372036854775808', { links: 2 })).toBe('true')
  })

  test('has() is never unknown, and false for a value that does not fit', () => {
    expect(over('has(signals.links)', {})).toBe('false')
    expect(over('has(signals.links)', { links: '50' })).toBe('false')
    expect(over('has(signals.links)', { links: 0 })).toBe('true')
    expect(over('has(signals.flagged)', { flagged: false })).toBe('true')
    expect(over('has(signals.links) && signals.links > 3', {})).toBe('false')
    expect(over('has(content.id)', {})).toBe('true')
    expect(over('has(content.id) || has(content.kind)', {}, null)).toBe('false')
  })

  test('a flag without content has no content fields', () => {
    expect(over('content.kind == "pin"', {}, null)).toBe('unknown')
    expect(over('content.kind == "pin"', {})).toBe('true')
  })

  test('an overflow of int is unknown, as in CEL', () => {
    expect(over('signals.links * 9223372036854775807 > 0', { links: 3 })).toBe('unknown')
    expect(over('signals.links * 9223372036854775807 > 0', { links: 1 })).toBe('true')
  })

  test('evaluations do not depend on earlier ones', () => {
    const condition = compiled('has(signals.links) || signals.score > 0.5 || content.kind == "board"')
    expect(condition({ ...nothing, signals: { links: 1, score: 0.9 } })).toBe('true')
    expect(condition({ ...nothing, signals: {}, content: null })).toBe('unknown')
  })

  test('minus zero is zero', () => {
    expect(over('signals.links == 0', { links: -0 })).toBe('true')
    expect(over('signals.score == 0.0 && !(signals.score < 0.0)', { score: -0 })).toBe('true')
  })

  test('strings are ordered by code points, not by UTF-16 units', () => {
    expect(over('signals.language < "\u{1f600}"', { language: '\u{ff61}' })).toBe('true')
    expect(over('signals.language >= "\u{ff61}"', { language: '\u{1f600}' })).toBe('true')
  })

  test('names of inherited properties are signals like any other', () => {
    const names = ['toString', 'constructor', 'hasOwnProperty', 'valueOf', '__defineGetter__']
    for (const name of names) {
      const of = new Map<string, SignalType>([[name, 'string']])
      expect(compiled(`signals.${name} == "x"`, of)(nothing)).toBe('unknown')
      expect(compiled(`has(signals.${name})`, of)(nothing)).toBe('false')
      expect(compiled(`signals.${name} == "x"`, of)({ ...nothing, signals: { [name]: 'x' } })).toBe('true')
    }
  })

  test('every condition follows three-valued logic, for any evidence', () => {
    fc.assert(
      fc.property(
        conditions,
        fc.array(evidences, { minLength: 1, maxLength: 5 }),
        ({ text, meaning }, cases) => {
          const condition = compiled(text, declared)
          for (const evidence of cases) expect(condition(evidence)).toBe(truthOf(meaning(evidence)))
        },
      ),
      { numRuns: often(1_500, 10_000) },
    )
  })

  test('one more "or" never makes what was true untrue', () => {
    fc.assert(
      fc.property(conditions, conditions, evidences, (a, b, evidence) => {
        const before = compiled(a.text, declared)(evidence)
        const after = compiled(`(${a.text}) || (${b.text})`, declared)(evidence)
        if (before === 'true') expect(after).toBe('true')
        if (before === 'unknown') expect(after).not.toBe('false')
      }),
      { numRuns: often(500, 10_000) },
    )
  })
})
