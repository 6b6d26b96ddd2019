import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import * as E from '#fp/Either'
import { compileRuleset, describeProblem, parseRuleset } from '../../src/rulesets/document.ts'
import type { Ruleset } from '../../src/rulesets/ruleset.ts'

/** The ruleset of the design. */
const EXAMPLE = `ruleset: community-guidelines
version: 2025-05-13
signals: { adult_score: double, is_illustration: bool, link_count: int, account_age_days: int }
rules:
  - id: adult.explicit
    category: adult_content
    when: signals.adult_score >= 0.97 && !signals.is_illustration
    strikes: 2
    strikes_expire_after: 90d      # absent: never
    removes_content: true
  - id: spam.link_farm
    category: spam
    when: signals.link_count > 40 && signals.account_age_days < 30
    strikes: 1
    strikes_expire_after: 30d
deactivations:
  - id: three-strikes
    at_least: 3                    # strike points
    within: 90d                    # absent: any time
    categories: [adult_content, spam]   # absent: all
    restriction: suspended
`

/** The same as data. */
const example = {
  ruleset: 'community-guidelines',
  version: '2025-05-13',
  signals: { adult_score: 'double', is_illustration: 'bool', link_count: 'int', account_age_days: 'int' },
  rules: [
    {
      id: 'adult.explicit',
      category: 'adult_content',
      when: 'signals.adult_score >= 0.97 && !signals.is_illustration',
      strikes: 2,
      strikes_expire_after: '90d',
      removes_content: true,
    },
    {
      id: 'spam.link_farm',
      category: 'spam',
      when: 'signals.link_count > 40 && signals.account_age_days < 30',
      strikes: 1,
      strikes_expire_after: '30d',
    },
  ],
  deactivations: [
    {
      id: 'three-strikes',
      at_least: 3,
      within: '90d',
      categories: ['adult_content', 'spam'],
      restriction: 'suspended',
    },
  ],
}

const minimal = 'ruleset: r\nversion: v1\nrules:\n  - {id: a, category: c, when: "true"}\n'

const compiled = (text: string): Ruleset => {
  const ruleset = parseRuleset(text)
  if (E.isLeft(ruleset)) throw new Error(ruleset.left.map(describeProblem).join('\n'))
  return ruleset.right
}
const problemsOf = (text: string): ReadonlyArray<string> => {
  const ruleset = parseRuleset(text)
  return E.isLeft(ruleset) ? ruleset.left.map(describeProblem) : []
}
const DAY = 86_400_000

describe('a document', () => {
  test('compiles to its rules and policies', () => {
    const { id, version, signals, rules, policies } = compiled(EXAMPLE)
    expect({ id, version }).toEqual({ id: 'community-guidelines', version: '2025-05-13' })
    expect(signals.get('link_count')).toBe('int')
    expect(rules).toMatchObject([
      { id: 'adult.explicit', strikes: 2, strikesExpireAfter: 90 * DAY, removesContent: true, replaces: [] },
      { id: 'spam.link_farm', strikes: 1, strikesExpireAfter: 30 * DAY, removesContent: false },
    ])
    expect(policies).toEqual([
      {
        id: 'three-strikes',
        atLeast: 3,
        within: 90 * DAY,
        categories: new Set(['adult_content', 'spam']),
        restriction: 'suspended',
      },
    ])
  })

  test('is the same as YAML, as JSON and as data, including the hash', () => {
    const fromData = compileRuleset(example)
    const { sha256 } = compiled(EXAMPLE)
    expect(compiled(JSON.stringify(example)).sha256).toBe(sha256)
    expect(compiled(JSON.stringify(example, null, '\t')).sha256).toBe(sha256)
    expect(compiled(`\ufeff${stringify(example)}`.replaceAll('\n', '\r\n')).sha256).toBe(sha256)
    expect(E.isRight(fromData) && fromData.right.sha256).toBe(sha256)
  })

  test('absent fields have their defaults', () => {
    const { rules, policies, signals } = compiled(minimal)
    expect(rules).toMatchObject([
      { strikes: 0, strikesExpireAfter: null, removesContent: false, replaces: [] },
    ])
    expect([policies.length, signals.size]).toEqual([0, 0])
    expect(
      compiled(`${minimal}deactivations:\n  - {id: p, at_least: 1, restriction: terminated}\n`).policies,
    ).toMatchObject([{ within: null, categories: null, restriction: 'terminated' }])
  })

  test('conditions may be written in any style of YAML', () => {
    const whens = ["'!signals.b'", '"!signals.b"', '|\n      !signals.b\n', '>-\n      !signals.b\n']
    for (const when of whens) {
      const { rules } = compiled(
        `ruleset: r\nversion: v\nsignals: {b: bool}\nrules:\n  - id: a\n    category: c\n    when: ${when}\n`,
      )
      expect([...(rules[0]?.reads ?? [])]).toEqual(['signals.b'])
    }
  })

  test('an alias means what its anchor names', () => {
    const text = `${minimal}  - {id: b, category: c, when: "true", replaces: &old [x]}\n`
    expect(
      compiled(`${text}deactivations: [{id: p, at_least: 1, categories: *old, restriction: suspended}]`),
    ).toMatchObject({ policies: [{ categories: new Set(['x']) }] })
  })
})

describe('errors say where, what and what to do', () => {
  const edit = (from: string, to: string): string => {
    expect(EXAMPLE).toContain(from)
    return EXAMPLE.replace(from, to)
  }

  test.each([
    // Shape.
    [
      'version: 2025-05-13',
      'version: 2025',
      '2:10: version: expected an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -, not 2025 (put it in quotes to make it a string)',
    ],
    [
      'version: 2025-05-13\n',
      '',
      '1:1: version is missing (add an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -)',
    ],
    [
      'ruleset: community-guidelines',
      'ruleset: community guidelines',
      '1:10: ruleset: expected an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -, not "community guidelines"',
    ],
    ['strikes: 2', 'strike: 2', '8:5: rules[0].strike: unknown field (did you mean strikes?)'],
    [
      'strikes: 2',
      'strikes: -1',
      '8:14: rules[0].strikes: expected a whole number from 0 to 1000000000, not -1',
    ],
    [
      'strikes: 2',
      'strikes: 1.5',
      '8:14: rules[0].strikes: expected a whole number from 0 to 1000000000, not 1.5',
    ],
    [
      'strikes: 2',
      'strikes: "2"',
      '8:14: rules[0].strikes: expected a whole number from 0 to 1000000000, not "2" (remove the quotes)',
    ],
    [
      'strikes: 2',
      'strikes: .inf',
      '8:14: rules[0].strikes: expected a whole number from 0 to 1000000000, not Infinity',
    ],
    [
      'strikes_expire_after: 90d',
      'strikes_expire_after: 0d',
      '9:27: rules[0].strikes_expire_after: expected a duration such as 90d, 12h, 30m or 45s, more than 0s and at most 100000d, not "0d"',
    ],
    [
      'removes_content: true',
      'removes_content: yes',
      '10:22: rules[0].removes_content: expected true or false, not "yes"',
    ],
    [
      'at_least: 3',
      'at_least: 0',
      '18:15: deactivations[0].at_least: expected a whole number from 1 to 1000000000, not 0',
    ],
    [
      'restriction: suspended',
      'restriction: suspend',
      '21:18: deactivations[0].restriction: expected "suspended" or "terminated", not "suspend" (did you mean suspended?)',
    ],
    [
      'categories: [adult_content, spam]',
      'categories: [adult content]',
      '20:18: deactivations[0].categories[0]: expected an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -, not "adult content"',
    ],
    [
      'link_count: int',
      'link_count: integer',
      '3:68: signals.link_count: expected one of "int", "double", "bool", "string", not "integer"',
    ],
    [
      'account_age_days: int }',
      'account_age_days: int, "a b": int }',
      `3:96: signals["a b"]: expected a signal name of 1 to 200 characters from A-Z a-z 0-9 _ . : -, not "a b"`,
    ],
    [
      'account_age_days: int }',
      'account_age_days: int, __proto__: int }',
      `3:96: signals.__proto__: expected a signal name of 1 to 200 characters from A-Z a-z 0-9 _ . : -, not "__proto__"`,
    ],
    [
      'when: signals.link_count > 40 && signals.account_age_days < 30',
      'when: true',
      '13:11: rules[1].when: expected a string, not true (put it in quotes to make it a string)',
    ],
    // Conditions, at their place in the document.
    [
      '>= 0.97',
      '>= 1',
      '7:34: rules[0].when: >= takes two values of the same type, not double and int (write 1.0)',
    ],
    [
      '!signals.is_illustration',
      '!signals.is_ilustration',
      '7:51: rules[0].when: unknown signal "is_ilustration" (did you mean is_illustration?)',
    ],
    [
      'signals.link_count > 40',
      '|\n      signals.link_count > 40 &&\n        signals.linkcount > 1',
      '15:17: rules[1].when: unknown signal "linkcount" (did you mean link_count?)',
    ],
    // One meaning.
    [
      'id: spam.link_farm',
      'id: adult.explicit',
      '11:9: rules[1].id: duplicate id "adult.explicit" (ids must be unique)',
    ],
    [
      'removes_content: true',
      'replaces: [spam.link_farm]',
      '10:16: rules[0].replaces[0]: "spam.link_farm" is still a rule in this document (only a removed rule can be replaced)',
    ],
    [
      'removes_content: true',
      'replaces: [adult.explicit]',
      '10:16: rules[0].replaces[0]: a rule cannot replace itself (remove it)',
    ],
    // YAML.
    ['strikes: 2', 'strikes: 2\n    strikes: 3', '9:5: "strikes" is given twice (keep one)'],
    [
      'strikes: 2',
      'strikes: !!int 2',
      '8:14: "!!int" is a YAML tag, which is not supported here (quote a string that begins with !)',
    ],
    ['strikes: 2', 'strikes: *two', '8:14: *two refers to no earlier anchor'],
    ['strikes: 2', '3: 2', `8:5: a field's name must be a string (write it in quotes)`],
    [
      'strikes: 2',
      'strikes: 010',
      '8:14: 010 has leading zeros, so other YAML parsers read it as an octal number (write 10, or a string in quotes)',
    ],
    [
      'at_least: 3',
      'at_least: 007',
      '18:15: 007 has leading zeros, so other YAML parsers read it as an octal number (write 7, or a string in quotes)',
    ],
    ['strikes: 2', 'strikes: 1e-400', '8:14: 1e-400 is too small for a double (write 0)'],
    ['version: 2025-05-13', 'version: "2025', '2:10: this is not valid YAML: Missing closing "quote'],
  ])('%s -> %s', (from, to, expected) => {
    const problems = problemsOf(edit(from, to))
    expect(problems.map((problem) => problem.slice(0, expected.length))).toContain(expected)
  })

  test('a number in quotes is a string, and a YAML 1.2 octal or hexadecimal number is a number', () => {
    expect(problemsOf(edit('version: 2025-05-13', 'version: "010"'))).toEqual([])
    expect(problemsOf(edit('strikes: 2', 'strikes: 0o10'))).toEqual([])
    expect(problemsOf(edit('strikes: 2', 'strikes: 0x10'))).toEqual([])
  })

  test('a document of another YAML version, in which numbers and words mean something else', () => {
    expect(problemsOf(`%YAML 1.1\n---\n${minimal}`)).toEqual([
      '1:1: this document is YAML 1.1, where numbers and words such as yes mean something else ' +
        '(remove this line; the document is read as YAML 1.2)',
    ])
    expect(problemsOf(`%YAML 1.2\n---\n${minimal}`)).toEqual([])
  })

  test('two rules that replace the same one', () => {
    const text = `${minimal}  - {id: b, category: c, when: "true", replaces: [old]}\n  - {id: d, category: c, when: "true", replaces: [old]}\n`
    expect(problemsOf(text)).toEqual([
      '6:51: rules[2].replaces[0]: "old" is already replaced by "b" (only one rule can replace it)',
    ])
  })

  test('two policies with one id', () => {
    const policy = '{id: p, at_least: 1, restriction: suspended}'
    expect(problemsOf(`${minimal}deactivations: [${policy}, ${policy}]`)).toEqual([
      '5:68: deactivations[1].id: duplicate id "p" (ids must be unique)',
    ])
  })

  test.each([
    ['a leading !', 'when: !signals.b && true'],
    ['a leading quote', 'when: "x" == signals.b'],
    ['a colon and a space', 'when: signals.b == "a: b"'],
    ['a leading *', 'when: *a == 3'],
  ])('a condition that YAML does not read as a string (%s) gets a hint about quotes', (_, when) => {
    const text = `ruleset: r\nversion: v\nrules:\n  - id: a\n    category: c\n    ${when}\n`
    expect(problemsOf(text)[0]).toMatch(/^6:\d+: .*put the whole condition in single quotes/)
  })

  test('errors of every kind are reported in one run, in the order of the text', () => {
    const text = edit('strikes: 2', 'strikes: x')
      .replace('> 40', '> 40.0')
      .replace('within: 90d', 'within: 3w')
    expect(problemsOf(text).map((problem) => problem.split(':')[0])).toEqual(['8', '13', '19'])
  })

  test('a document without its text gets paths, and positions within conditions', () => {
    const result = compileRuleset({ ...example, rules: [{ id: 'a', category: 'c', when: '1 + foo' }], x: 1 })
    expect(E.isLeft(result) && result.left.map(describeProblem)).toEqual([
      'x: unknown field (the fields here are ruleset, version, rules, signals, deactivations)',
      'rules[0].when: character 5: unknown name "foo" (the known names are signals, detector, flag, content)',
    ])
  })

  test.each([
    ['nothing', ''],
    ['a comment', '# nothing'],
    ['a text', 'hello'],
    ['a list', '- a\n- b'],
    ['two documents', `${minimal}---\n${minimal}`],
    [
      'a lone surrogate',
      '{"ruleset":"r","version":"v","rules":[{"id":"a","category":"c","when":"\\ud800"}]}',
    ],
    ['a field that is an object', 'ruleset: r\nversion: v\nrules: []\n? {a: b}\n: c\n'],
    ['more than 1 MiB', `${minimal}#${'x'.repeat(1024 * 1024)}`],
    ['aliases of aliases of aliases', bomb()],
    ['many aliases of one long list', many()],
    ['a circle', 'ruleset: r\nversion: v\nrules: &a [*a]\n'],
  ])('%s is refused', (_, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0)
  })
})

/** A billion laughs. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 12; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    )
  return lines.join('\n')
}

function many(): string {
  const policies = Array.from(
    { length: 2000 },
    (_, i) => `  - {id: p${i}, at_least: 1, restriction: suspended, categories: *c}`,
  )
  const list = Array.from({ length: 20_000 }, (_, i) => `c${i}`).join(', ')
  return `${minimal}  - {id: z, category: c, when: "true", replaces: &c [${list}]}\ndeactivations:\n${policies.join('\n')}\n`
}

describe('laws', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,12}$/)
  const duration = fc
    .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom('d', 'h', 'm', 's'))
    .map((d) => d.join(''))
  const when = fc.constantFrom(
    'true',
    'flag.category == "a: b # c"',
    '!(detector.kind in ["it\'s", "ü\\n😀"])',
    'has(content.id)\n  || false',
  )
  const documents = fc.record(
    {
      ruleset: id,
      version: fc.oneof(
        id,
        fc.constantFrom('2025-05-13', '1.10', '007', 'null', 'true', '1e3', '0x10', '~x'.slice(1), '-'),
      ),
      rules: fc.uniqueArray(
        fc.record(
          {
            id: id.map((text) => `r${text}`),
            category: id,
            when,
            strikes: fc.nat(9),
            strikes_expire_after: duration,
            removes_content: fc.boolean(),
            replaces: fc.constant([]),
          },
          { requiredKeys: ['id', 'category', 'when'] },
        ),
        { selector: (rule) => rule.id, maxLength: 4 },
      ),
      deactivations: fc.uniqueArray(
        fc.record(
          {
            id,
            at_least: fc.integer({ min: 1, max: 9 }),
            within: duration,
            categories: fc.array(id, { maxLength: 3 }),
            restriction: fc.constantFrom('suspended', 'terminated'),
          },
          { requiredKeys: ['id', 'at_least', 'restriction'] },
        ),
        { selector: (policy) => policy.id, maxLength: 3 },
      ),
    },
    { requiredKeys: ['ruleset', 'version', 'rules'] },
  )
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, part]) => [key, reversed(part)]),
    )
  }
  /** Everything in a ruleset except its functions. */
  const plain = ({ rules, ...rest }: Ruleset) => ({
    ...rest,
    rules: rules.map(({ condition: _, ...rule }) => rule),
  })

  test('YAML and JSON of one document compile to the same', () => {
    fc.assert(
      fc.property(
        documents,
        fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'BLOCK_LITERAL' as const),
        (document, style) => {
          const yaml = compiled(stringify(document, { defaultStringType: style }))
          expect(plain(yaml)).toEqual(plain(compiled(JSON.stringify(document, null, 2))))
        },
      ),
    )
  })

  test('the hash does not depend on the order of fields', () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(compiled(JSON.stringify(reversed(document))).sha256).toBe(
          compiled(JSON.stringify(document)).sha256,
        )
      }),
    )
  })

  test('a document with one more field is refused, wherever the field is', () => {
    const paths = fc.constantFrom('', 'rules', 'deactivations' as const)
    fc.assert(
      fc.property(documents, paths, fc.stringMatching(/^x[a-z]{0,8}$/), (document, at, field) => {
        const base: Record<string, unknown> = { ...document }
        const entries = at === '' ? undefined : document[at]
        if (at === '' || entries === undefined || entries.length === 0) base[field] = null
        else base[at] = entries.map((entry) => ({ ...entry, [field]: 1 }))
        const result = compileRuleset(base)
        expect(E.isLeft(result) && result.left.every(({ message }) => message === 'unknown field')).toBe(true)
      }),
    )
  })

  test('any text gets an answer, with a line and a column', () => {
    const tokens = fc.constantFrom(
      ...[
        'ruleset: r\n',
        'version: v\n',
        'rules:\n',
        '  - id: a\n',
        '    when: ',
        '    category: c\n',
        'true',
        '"',
        "'",
      ],
      ...[
        '!',
        '&a ',
        '*a',
        '|\n',
        '>\n',
        '{',
        '}',
        '[',
        ']',
        ': ',
        ', ',
        '- ',
        '? ',
        '#',
        '\n',
        '\t',
        ' ',
        '\\',
        '%',
        '@',
      ],
    )
    const soup = fc.array(tokens, { maxLength: 30 }).map((parts) => parts.join(''))
    const damaged = fc
      .tuple(fc.nat(EXAMPLE.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 5 }))
      .map(([at, length, put]) => EXAMPLE.slice(0, at) + put + EXAMPLE.slice(at + length))
    fc.assert(
      fc.property(fc.oneof(soup, damaged, fc.string({ unit: 'binary', maxLength: 100 })), (text) => {
        const result = parseRuleset(text)
        const lines = text.split(/\r\n|\n/).length
        for (const { line, column } of E.isLeft(result) ? result.left : []) {
          expect(line !== null && line >= 1 && line <= lines && column !== null && column >= 1).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('any data gets an answer', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, maxDepth: 3 }), documents, (anything, document) => {
        expect(E.isLeft(compileRuleset(anything))).toBe(true)
        compileRuleset({ ...document, rules: anything })
        compileRuleset({ ...document, signals: anything })
        expect(E.isLeft(compileRuleset({ ...document, version: [anything] }))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test.each(['[', '{a: ', '- ', '? ', '"', '&a ', '!', 'a: {', '\n', '|', '\u0000'])(
    '%j over and over does not exhaust anything',
    (piece) => {
      expect(problemsOf(piece.repeat(20_000)).length).toBeGreaterThan(0)
    },
  )
})
