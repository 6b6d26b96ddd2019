import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import * as E from '#fp/Either'
import { describeProblem } from '../../../src/foundation/documents/problem.ts'
import type { Correction } from '../../../src/replay/correction/correction.ts'
import { openCorrection, parseCorrection } from '../../../src/replay/correction/document.ts'
import type { NamedFiles } from '../../../src/replay/correction/references.ts'
import { parseRuleset } from '../../../src/rulesets/document.ts'
import type { Evidence } from '../../../src/rulesets/ruleset.ts'

const RULESET = `ruleset: community-guidelines
version: 2025-05-13
signals: { adult_score: double }
rules:
  - { id: adult.explicit, category: adult_content, when: signals.adult_score >= 0.97, strikes: 3 }
deactivations:
  - { id: p, at_least: 3, restriction: suspended }
`

const EXAMPLE = `correction: spring-2025
ruleset: corrected.yaml
signals: { list_entry: string }
withdrawals:
  - id: scanner-4.3.1
    where: detector.id == "scanner" && detector.version == "4.3.1"
    from: 2025-04-28T00:00:00Z
    to: 2025-05-13T00:00:00Z
    truth: unknown
  - id: joined-to-the-wrong-account
    flags: [f-17, f-18]
    truth: "false"
  - id: leaked
    flags_file: leaked.txt
rescored: use
`

const files = (named: Readonly<Record<string, string>>): NamedFiles =>
  new Map(Object.entries(named).map(([path, text]) => [path, E.right(text)]))
const FILES = files({ 'corrected.yaml': RULESET, 'leaked.txt': 'f-2\nf-1\n' })

const compiled = (text: string, named: NamedFiles = FILES): Correction => {
  const correction = parseCorrection(text, named)
  if (E.isLeft(correction)) throw new Error(correction.left.map(describeProblem).join('\n'))
  return correction.right
}
const problemsOf = (text: string, named: NamedFiles = FILES): ReadonlyArray<string> =>
  openCorrection(text).compile(named).problems.map(describeProblem)
const hashOf = (text: string, named: NamedFiles = FILES): string | undefined =>
  compiled(text, named).document?.sha256

const evidence = (over: Partial<Evidence>): Evidence => ({
  signals: {},
  detector: { kind: 'model', id: 'scanner', version: '4.3.1' },
  flag: { category: 'adult_content', source: 'own_initiative' },
  content: null,
  ...over,
})

const minimal = 'correction: c\nruleset: { id: community-guidelines }\n'
const withdrawing = (fields: string): string => `${minimal}withdrawals:\n  - id: w\n    ${fields}\n`

describe('given a correction', () => {
  test('then it compiles to its rules and withdrawals', () => {
    const { document, rules, withdrawals, rescored } = compiled(EXAMPLE)
    expect(document?.id).toBe('spring-2025')
    const ruleset = parseRuleset(RULESET)
    expect(rules.kind === 'corrected' && rules.ruleset.sha256).toBe(
      E.isRight(ruleset) && ruleset.right.sha256,
    )
    expect(withdrawals).toMatchObject([
      {
        id: 'scanner-4.3.1',
        from: Date.parse('2025-04-28T00:00:00Z'),
        to: Date.parse('2025-05-13T00:00:00Z'),
        truth: 'unknown',
      },
      { of: { kind: 'flags', flagIds: new Set(['f-17', 'f-18']) }, from: null, to: null, truth: 'false' },
      { id: 'leaked', of: { kind: 'flags', flagIds: new Set(['f-1', 'f-2']) }, truth: 'unknown' },
    ])
    expect(rescored).toBe('use')
  })

  test('then its conditions read what was recorded with a flag, and the signals that the correction itself declares', () => {
    const [withdrawal] = compiled(
      `${minimal}signals: { list_entry: string }\nwithdrawals:\n  - { id: w, where: signals.list_entry == "77" }\n`,
    ).withdrawals
    const condition = withdrawal?.of.kind === 'where' ? withdrawal.of.condition : null
    expect(condition?.(evidence({ signals: { list_entry: '77' } }))).toBe('true')
    expect(condition?.(evidence({ signals: { list_entry: '78' } }))).toBe('false')
    expect(condition?.(evidence({}))).toBe('unknown')
  })

  test('then its ruleset may be a file, a document inside it, or an id: the rules were right', () => {
    const inline = stringify({ correction: 'c', ruleset: JSON.parse(JSON.stringify(rulesetData)) })
    const { rules } = compiled(inline)
    expect(rules).toMatchObject({ kind: 'corrected', ruleset: { version: '2025-05-13' } })
    expect(hashOf(inline)).toBe(hashOf('correction: c\nruleset: corrected.yaml'))
    expect(compiled(minimal).rules).toEqual({ kind: 'as_they_were', rulesetId: 'community-guidelines' })
  })

  test('then what is absent has its default, also for the hash', () => {
    expect(compiled(minimal)).toMatchObject({ withdrawals: [], rescored: 'use' })
    expect(hashOf(`${minimal}signals: {}\nwithdrawals: []\nrescored: use\n`)).toBe(hashOf(minimal))
    expect(hashOf(withdrawing('flags: [f]\n    truth: unknown'))).toBe(hashOf(withdrawing('flags: [f]')))
  })

  test('then its hash is that of the canonical form: defaults, moments to the ms in UTC, lists sorted, files by hash', () => {
    // Calculated by another program.
    const list = 'ba5b968b8d41136087b92df2751265e40373db5933a6a980aa1c8d58f5df762f'
    const canonical =
      '{"correction":"spring-2025","rescored":"use","ruleset":"7bd108fd31ea597a7884c80c43f95347ad1f6bad73be17876fd70b720a41673b",' +
      '"signals":{"list_entry":"string"},"withdrawals":[{"from":"2025-04-28T00:00:00.000Z","id":"scanner-4.3.1",' +
      '"to":"2025-05-13T00:00:00.000Z","truth":"unknown","where":"detector.id == \\"scanner\\" && ' +
      'detector.version == \\"4.3.1\\""},{"flags":["f-17","f-18"],"id":"joined-to-the-wrong-account",' +
      `"truth":"false"},{"flags_file":"${list}","id":"leaked","truth":"unknown"}]}`
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(hashOf(EXAMPLE))
    expect(hashOf(EXAMPLE)).toBe('3a90404674eb101e96b9176f795c7aa0bbb6b932b04bbac10f5ff45cf34c72d6')
  })

  test.each([
    ['another id', 'correction: spring-2025', 'correction: spring-2026'],
    ['rules that were right', 'ruleset: corrected.yaml', 'ruleset: { id: community-guidelines }'],
    ['another signal', 'list_entry: string', 'list_entry: int'],
    ['another condition', '"4.3.1"', '"4.3.2"'],
    ['another moment', '2025-05-13T00:00:00Z', '2025-05-13T00:00:00.001Z'],
    ['no limit', '    to: 2025-05-13T00:00:00Z\n', ''],
    ['another truth', 'truth: unknown', 'truth: "false"'],
    ['another flag', 'f-18', 'f-19'],
    ['a list in a file', 'flags: [f-17, f-18]', 'flags_file: leaked.txt'],
    ['rescorings ignored', 'rescored: use', 'rescored: ignore'],
  ])('then %s is another correction', (_, from, to) => {
    expect(EXAMPLE).toContain(from)
    expect(hashOf(EXAMPLE.replace(from, to))).not.toBe(hashOf(EXAMPLE))
  })

  test('then it names its files, each once, even if something else is wrong', () => {
    expect(openCorrection(EXAMPLE).files).toEqual(['corrected.yaml', 'leaked.txt'])
    expect(openCorrection(`${EXAMPLE}unknown: 1\n`).files).toEqual(['corrected.yaml', 'leaked.txt'])
    expect(openCorrection(minimal).files).toEqual([])
    expect(openCorrection('{').files).toEqual([])
  })
})

const rulesetData = {
  ruleset: 'community-guidelines',
  version: '2025-05-13',
  signals: { adult_score: 'double' },
  rules: [
    { id: 'adult.explicit', category: 'adult_content', when: 'signals.adult_score >= 0.97', strikes: 3 },
  ],
  deactivations: [{ id: 'p', at_least: 3, restriction: 'suspended' }],
}

const ID = 'an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -'
const TIME = 'an RFC 3339 time with an offset, such as 2025-05-01T12:00:00.000Z'
const RULES = 'a file, a ruleset, or { id: ID } if the rules were right'

describe('given a mistake in a correction, then the error says where, what and what to do', () => {
  const edit = (from: string, to: string): string => {
    expect(EXAMPLE).toContain(from)
    return EXAMPLE.replace(from, to)
  }

  test.each([
    // Shape.
    ['correction: spring-2025\n', '', [`1:1: correction is missing (add ${ID})`]],
    [
      'correction: spring-2025',
      'correction: spring 2025',
      [`1:13: correction: expected ${ID}, not "spring 2025"`],
    ],
    [
      'correction: spring-2025',
      'correction: 2025',
      [`1:13: correction: expected ${ID}, not 2025 (put it in quotes to make it a string)`],
    ],
    ['rescored: use', 'rescore: use', ['15:1: rescore: unknown field (did you mean rescored?)']],
    [
      'rescored: use',
      'rescored: ignored',
      ['15:11: rescored: expected "use" or "ignore", not "ignored" (did you mean ignore?)'],
    ],
    [
      '    truth: unknown',
      '    because: unknown',
      [
        '9:5: withdrawals[0].because: unknown field (the fields here are id, where, flags, flags_file, from, to, truth)',
      ],
    ],
    ['  - id: leaked\n    flags', '  - flags', [`13:5: withdrawals[2]: id is missing (add ${ID})`]],
    [
      'truth: "false"',
      'truth: false',
      [
        '12:12: withdrawals[1].truth: expected "unknown" or "false", not false (put it in quotes to make it a string)',
      ],
    ],
    [
      'truth: "false"',
      'truth: "true"',
      ['12:12: withdrawals[1].truth: expected "unknown" or "false", not "true"'],
    ],
    [
      'from: 2025-04-28T00:00:00Z',
      'from: 2025-04-28',
      [`7:11: withdrawals[0].from: expected ${TIME}, not "2025-04-28" (write 2025-04-28T00:00:00Z)`],
    ],
    [
      'to: 2025-05-13T00:00:00Z',
      'to: 2025-05-13T00:00:00',
      [`8:9: withdrawals[0].to: expected ${TIME}, not "2025-05-13T00:00:00"`],
    ],
    [
      'flags: [f-17, f-18]',
      'flags: [f-17, f 18]',
      [`11:19: withdrawals[1].flags[1]: expected ${ID}, not "f 18"`],
    ],
    [
      'flags: [f-17, f-18]',
      'flags: [f-17, 18]',
      [`11:19: withdrawals[1].flags[1]: expected ${ID}, not 18 (put it in quotes to make it a string)`],
    ],
    [
      'flags: [f-17, f-18]',
      'flags: f-17',
      ['11:12: withdrawals[1].flags: expected a list of flag ids, not "f-17"'],
    ],
    [
      'flags_file: leaked.txt',
      'flags_file: [leaked.txt]',
      ['14:17: withdrawals[2].flags_file: expected a file with one flag id per line, not a list'],
    ],
    [
      'flags_file: leaked.txt',
      'flags_file: ""',
      ['14:17: withdrawals[2].flags_file: expected a file with one flag id per line, not ""'],
    ],
    [
      'list_entry: string',
      'list_entry: text',
      ['3:24: signals.list_entry: expected one of "int", "double", "bool", "string", not "text"'],
    ],
    // The rules.
    ['ruleset: corrected.yaml\n', '', [`1:1: ruleset is missing (add ${RULES})`]],
    ['ruleset: corrected.yaml', 'ruleset: ""', [`2:10: ruleset: expected ${RULES}, not ""`]],
    ['ruleset: corrected.yaml', 'ruleset: [a]', [`2:10: ruleset: expected ${RULES}, not a list`]],
    ['ruleset: corrected.yaml', 'ruleset: { id: a b }', [`2:16: ruleset.id: expected ${ID}, not "a b"`]],
    [
      'ruleset: corrected.yaml',
      'ruleset: { id: a, version: v }',
      ['2:19: ruleset.version: unknown field (the fields here are id)'],
    ],
    [
      'ruleset: corrected.yaml',
      'ruleset: { ruleset: a, version: v, rules: [{ id: a, category: c, when: 1 + foo }] }',
      [
        '2:76: ruleset.rules[0].when: unknown name "foo" (the known names are signals, detector, flag, content)',
      ],
    ],
    [
      'ruleset: corrected.yaml',
      'ruleset: other.yaml',
      ['2:10: ruleset: cannot read other.yaml: it was not given'],
    ],
    // Conditions, over the signals that the correction declares.
    [
      'detector.id ==',
      'detector.name ==',
      ['6:21: withdrawals[0].where: detector has no field "name" (its fields are kind, id, version)'],
    ],
    [
      'where: detector.id == "scanner"',
      'where: signals.list_entri == "scanner"',
      ['6:20: withdrawals[0].where: unknown signal "list_entri" (did you mean list_entry?)'],
    ],
    [
      'where: detector.id == "scanner"',
      'where: signals.adult_score > 0.9',
      ['6:20: withdrawals[0].where: unknown signal "adult_score" (declare it under `signals`)'],
    ],
    [
      'where: detector.id',
      'where: !detector.id',
      [
        '6:12: "!detector.id" is a YAML tag, which is not supported here (put the whole condition in single quotes, or on a line of its own below `where: |`)',
      ],
    ],
    // A meaning.
    [
      'id: leaked',
      'id: scanner-4.3.1',
      ['13:9: withdrawals[2].id: duplicate id "scanner-4.3.1" (ids must be unique)'],
    ],
    [
      '    flags: [f-17, f-18]\n',
      '',
      ['10:5: withdrawals[1]: this withdrawal names no flags (add one of where, flags, flags_file)'],
    ],
    [
      'flags: [f-17, f-18]',
      'flags: []',
      ['11:12: withdrawals[1].flags: this list is empty (name a flag, or remove the withdrawal)'],
    ],
    [
      '    flags: [f-17, f-18]\n',
      '    flags: [f-17, f-18]\n    where: detector.id == "x"\n',
      [
        '11:5: withdrawals[1].flags: a withdrawal cannot have both where and flags (make them two withdrawals)',
      ],
    ],
    [
      'to: 2025-05-13T00:00:00Z',
      'to: 2025-04-28T02:00:00.0009+02:00',
      ['8:9: withdrawals[0].to: the period must start before it ends (`to` is exclusive)'],
    ],
    ['rescored: use', 'rescored: use\nrescored: ignore', ['16:1: "rescored" is given twice (keep one)']],
  ])('%s -> %s', (from, to, expected) => {
    expect(problemsOf(edit(from, to))).toEqual(expected)
    expect(E.isLeft(parseCorrection(edit(from, to), FILES))).toBe(true)
  })

  test('in the ruleset of a file: at its own line and column', () => {
    const named = files({
      'corrected.yaml': RULESET.replace('strikes: 3', 'strikes: 3x').replace(
        'version: 2025-05-13',
        'version: 2025',
      ),
      'leaked.txt': 'f-1',
    })
    expect(problemsOf(EXAMPLE, named)).toEqual([
      `2:10: ruleset: corrected.yaml:2:10: version: expected ${ID}, not 2025 (put it in quotes to make it a string)`,
      '2:10: ruleset: corrected.yaml:5:96: rules[0].strikes: expected a whole number from 0 to 1000000000, not "3x"',
    ])
  })

  test('in a list of flags: at its own line', () => {
    const named = (list: string): NamedFiles => files({ 'corrected.yaml': RULESET, 'leaked.txt': list })
    expect(problemsOf(EXAMPLE, named('f-1\n\nf 2\n'))).toEqual([
      `14:17: withdrawals[2].flags_file: leaked.txt:3: expected ${ID}, not "f 2"`,
    ])
    expect(problemsOf(EXAMPLE, named(' \n\n'))).toEqual([
      '14:17: withdrawals[2].flags_file: leaked.txt: it names no flags',
    ])
  })

  test('in a file that cannot be read: as its reader says', () => {
    const named = new Map([
      ...FILES,
      ['leaked.txt', E.left('cannot read leaked.txt: permission denied')] as const,
    ])
    expect(problemsOf(EXAMPLE, named)).toEqual([
      '14:17: withdrawals[2].flags_file: cannot read leaked.txt: permission denied',
    ])
  })

  test('everywhere at once: in one run, in the order of the text', () => {
    const text = edit('correction: spring-2025', 'correction: 1')
      .replace('detector.id', 'detector.name')
      .replace('corrected.yaml', '{ id: 1 }')
      .replace('truth: "false"', 'truth: false')
    const named = files({ 'leaked.txt': 'a b' })
    expect(problemsOf(text, named).map((problem) => problem.split(':')[0])).toEqual([
      '1',
      '2',
      '6',
      '12',
      '14',
    ])
  })

  test.each([
    ['nothing', ''],
    ['a text', 'hello'],
    ['a list', '- a'],
    ['two documents', `${minimal}---\n${minimal}`],
  ])('%s is refused', (_, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0)
  })

  test('a document that is too large: with the way out', () => {
    expect(problemsOf(`${minimal}#${'x'.repeat(1024 * 1024)}`)).toEqual([
      '1:1: larger than 1048576 bytes (keep long lists of flags in files: flags_file)',
    ])
  })
})

describe('given what is probably a mistake, then it warns and compiles', () => {
  test.each([
    [
      'where: detector.kind == "people"',
      '5:29: withdrawals[0].where: detector.kind is never "people" (it is one of "rule", "model", "hash_match", "human")',
    ],
    ['where: "false"', '5:12: withdrawals[0].where: this condition is never true (remove the withdrawal)'],
    ...['"true"', 'flag.category == "spam"'].map((where): [string, string] => [
      `where: ${where}`,
      '5:12: withdrawals[0].where: no rescoring can settle this withdrawal: its condition reads neither a signal nor the detector (name the detector too, such as detector.id, or list the flags)',
    ]),
    [
      'where: 9223372036854775807 + 1 > 0',
      '5:12: withdrawals[0].where: this condition is never true or false: its numbers overflow',
    ],
  ])('%s', (fields, expected) => {
    const { correction, problems } = openCorrection(withdrawing(fields)).compile(FILES)
    expect(correction).not.toBeNull()
    expect(problems.map(({ severity }) => severity)).toEqual(['warning'])
    expect(problems.map(describeProblem)).toEqual([expected])
  })
})

describe('laws', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,12}$/)
  const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') })
  const source = fc.oneof(
    fc.record({
      where: fc.constantFrom('detector.id == "a: b # c"', 'flag.category in ["it\'s"]\n  || true'),
    }),
    fc.record({ flags: fc.array(id, { minLength: 1, maxLength: 5 }) }),
    fc.record({ flags_file: fc.constantFrom('one.txt', 'two.txt') }),
  )
  const withdrawal = fc
    .tuple(
      id,
      source,
      fc.option(moment),
      fc.option(fc.integer({ min: 1, max: 1e10 })),
      fc.option(fc.constantFrom('unknown', 'false')),
    )
    .map(([id, of, from, length, truth]) => ({
      id,
      ...of,
      ...(from === null ? {} : { from: new Date(from).toISOString() }),
      ...(from === null || length === null ? {} : { to: new Date(from + length).toISOString() }),
      ...(truth === null ? {} : { truth }),
    }))
  const documents = fc.record(
    {
      correction: id,
      ruleset: fc.oneof(fc.constant('corrected.yaml'), fc.record({ id }), fc.constant(rulesetData)),
      signals: fc.constantFrom({}, { a: 'int', b: 'string' }),
      withdrawals: fc.uniqueArray(withdrawal, { selector: (each) => each.id, maxLength: 4 }),
      rescored: fc.constantFrom('use', 'ignore'),
    },
    { requiredKeys: ['correction', 'ruleset'] },
  )
  const lists = { 'one.txt': 'f-3\nf-1\nf-2\n', 'two.txt': 'g-1' }
  const named = files({ 'corrected.yaml': RULESET, ...lists })
  const otherwise = files({
    'corrected.yaml': JSON.stringify(rulesetData),
    'one.txt': '\r\nf-1\r\nf-2\nf-3\rf-1',
    'two.txt': '\n\ng-1\n',
  })

  /** The same fields the other way round, at every level. */
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, of]) => [
          name,
          name === 'flags' && Array.isArray(of) ? [...of, ...of].reverse() : turned(of),
        ]),
    )
  }
  /** The same moments in other words. */
  const retold = (text: string): string =>
    text.replace(/(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z/g, (_, day, h, m, s, ms) =>
      Number(h) < 22
        ? `${day}t${String(Number(h) + 2).padStart(2, '0')}:${m}:${s}.${ms}0009+02:00`
        : `${day}T${h}:${m}:${s}.${ms}-00:00`,
    )

  test('the hash depends neither on the order of fields and of flags, nor on YAML or JSON, nor on how times are written', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const json = JSON.stringify(document)
        const expected = hashOf(json, named)
        expect(expected).toMatch(/^[0-9a-f]{64}$/)
        expect(hashOf(stringify(document), named)).toBe(expected)
        expect(hashOf(stringify(turned(document)).replaceAll('\n', '\r\n'), otherwise)).toBe(expected)
        expect(hashOf(retold(json), otherwise)).toBe(expected)
      }),
    )
  })

  test('any data gets an answer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          documents.chain((document) =>
            fc.json().map((junk) => JSON.stringify({ ...document, withdrawals: [JSON.parse(junk)] })),
          ),
        ),
        (text) => {
          const { correction, problems } = openCorrection(text).compile(named)
          const errors = problems.filter(({ severity }) => severity === 'error')
          expect(errors.length > 0).toBe(correction === null)
          expect(problems.every(({ line, column }) => (line ?? 0) > 0 && (column ?? 0) > 0)).toBe(true)
        },
      ),
    )
  })
})
