import { describe, expect, test } from 'vitest'
import { problems } from '../../../../src/domain/codec.ts'
import { OwnerStatement } from '../../../../src/reports/statements/owner/codec.ts'
import { toMarkdown } from '../../../../src/reports/statements/owner/markdown.ts'
import { pageOf } from '../../../../src/reports/statements/owner/words.ts'
import { gradeOf } from './grade.ts'
import { ban, event, flag, removal, statementOf } from './statements.ts'

const textOf = (...args: Parameters<typeof statementOf>): string => toMarkdown(pageOf(statementOf(...args)))

const everything = [
  flag({ becauseOf: ['d0'] }),
  ban(),
  event('notice.sent.v1', 3),
  event('decision.changed.v1', 4),
  event('appeal.filed.v1', 5),
  event('appeal.decided.v1', 6, { outcome: 'reversed' }),
  event('account.reinstated.v1', 7),
]

describe('a statement for the owner', () => {
  test('says what was done and why, in words', () => {
    const text = textOf([flag(), removal()])
    for (const words of [
      'On 2 May 2025, 10:00 UTC, we removed your pin pin-1.',
      'Where it applies: EU.',
      'It is still in force.',
      'The reason on record is: adult content.',
      'It is based on our terms: Community guidelines, section 2.',
      'under our rules \u201ccommunity-guidelines\u201d, version 2025-04-28.',
      'an automatic check (scanner, version 4.2.0) marked your pin pin-1 as: adult content.',
      'The rule is called adult.explicit.',
      'It put 2 points on your account, until 31 May 2025, 10:00 UTC.',
      '| adult score | 0.71 | at least 0.67 |',
      '| is illustration | yes | nothing |',
      'An automated system made the decision. No person took part in it.',
      'Our record shows no notice to you about this decision.',
      'This statement does not say how you can appeal.',
      'Nothing has been recorded since: no appeal and no change.',
    ]) {
      expect(text).toContain(words)
    }
  })

  test('says what has happened since', () => {
    const texts = {
      'notice.sent.v1-3': { kind: 'open', text: 'Your account was suspended.' },
      'appeal.filed.v1-5': { kind: 'open', text: 'It is a quilt.' },
      'appeal.decided.v1-6': { kind: 'erased' },
    } as const
    const text = textOf(everything, { texts, howToAppeal: 'Write to us.\n\nWithin six months.' })
    for (const words of [
      'we suspended your account. It was set to last until 29 May 2025',
      'Under these rules an account is suspended when the findings against it add up to 3 points or more within 90 days.',
      'The decision has since been changed. It is now a termination.',
      'We have since reversed this decision. It is no longer in force.',
      'It was made because of one earlier decision of ours. If that was wrong, this may be wrong too.',
      'This finding no longer counts.',
      'On 3 May 2025, 10:00 UTC we sent you a notice (by email):\n\n> Your account was suspended.',
      'Write to us.\n\nWithin six months.',
      'we made the decision harsher (statement of reasons d1_c_',
      'It was a suspension until 29 May 2025, 00:00 UTC, and it is still based on the same grounds. You can appeal against this change as you can against the decision. Now it is a termination, and it ends on 1 June 2025, 00:00 UTC. The reason on record is an order',
      'you appealed (a1).\n\n  > It is a quilt.',
      'You won: the decision must be reversed. A person answered it. The reasons on record are: policy 2. The text of the answer was erased.',
      'the decision was reversed, and your account was reinstated. The reason on record is that we corrected our own decision.',
    ]) {
      expect(text).toContain(words)
    }
    for (const secret of ['reviewer-7', 'd0']) expect(text).not.toContain(secret)
  })

  describe('names only policies that may have acted', () => {
    const zeroTolerance = {
      id: 'zero-tolerance',
      at_least: 1,
      categories: ['violent_extremism', 'adult_content'],
      restriction: 'suspended',
    }
    const other = { ...zeroTolerance, categories: ['violent_extremism'] }

    test('a policy that counts other categories is left out', () => {
      const text = textOf([flag(), ban()], { policies: [other] })
      expect(text).not.toContain('extremism')
      expect(text).not.toContain('does not say which of these')
    })

    test('a policy that counts this category says which categories it counts', () => {
      const text = textOf([flag(), ban()], { policies: [zeroTolerance] })
      expect(text).toContain(
        'or when the findings against it (of these kinds: adult content, violent extremism) add up to 1 point or more. Our record does not say which of these applied.',
      )
    })

    test('if a finding is not on record, any policy may have', () => {
      expect(textOf([ban()], { policies: [other] })).toContain('(of these kinds: violent extremism)')
    })
  })

  test('takes the source of a finding from the notice on record that it names', () => {
    const events = [flag({ source: 'user_notice', noticeId: 'n1' }), removal()]
    expect(textOf(events)).toContain('We looked into it because of a notice from a user.')
    const notice = event('notice.received.v1', 1, { noticeId: 'n1', notifier: 'trusted_flagger' })
    expect(textOf([...events, notice])).toContain(
      'We looked into it because of a notice from a trusted flagger',
    )
  })

  test('says what a harsher change replaced, and of a milder one only that it changed the decision', () => {
    const changed = (day: number, data: Readonly<Record<string, unknown>>) =>
      event('decision.changed.v1', day, { restriction: undefined, until: undefined, ...data })
    const events = [flag(), ban({ restriction: 'suspended', until: '2025-05-20T00:00:00Z' })]
    const harsher = changed(4, { until: null })
    const { since } = statementOf([...events, changed(3, { until: '2025-05-10T00:00:00Z' }), harsher])
    expect(since).toMatchObject([
      { kind: 'changed', harsher: null },
      {
        kind: 'changed',
        until: null,
        harsher: {
          restriction: 'suspended',
          until: '2025-05-10T00:00:00.000Z',
          statement: expect.stringMatching(/^d1_c_[0-9a-f]{16}$/),
        },
      },
    ])
    const text = textOf([...events, changed(3, { until: '2025-05-10T00:00:00Z' }), harsher])
    expect(text).toContain('we changed the decision. Now it ends on 10 May 2025')
    expect(text).toContain('It was a suspension until 10 May 2025')
  })

  test('withholds a signal that is a text, because it may name another person', () => {
    const events = [flag({ signals: { linked_account: 'u-victim', adult_score: 0.9 } }), ban()]
    const text = textOf(events)
    expect(text).toContain('| linked account | on record, not shown here |')
    expect(text).toContain('| adult score | 0.9 |')
    expect(text).not.toContain('u-victim')
    expect(JSON.stringify(statementOf(events))).not.toContain('u-victim')
  })

  test.each<[string, Parameters<typeof statementOf>, string]>([
    [
      'no flag on record',
      [[removal()]],
      'The decision names a finding f1, which the record of your account does not contain.',
    ],
    ['no ground at all', [[removal({ grounds: [] })]], 'so we cannot show you what it was based on.'],
    [
      'rules never published',
      [[flag(), removal()], { when: null }],
      'We cannot show you what they said: this version was never put on record.',
    ],
    [
      'a rule whose wording is not on record',
      [[flag(), removal()], { when: null }],
      'What it said is not on record.',
    ],
    [
      'no rules named',
      [[flag(), removal({ ruleset: undefined })]],
      'Our record does not say which rules it was made under.',
    ],
    ['a flag without a rule', [[flag({ rule: undefined }), removal()]], 'No rule is on record for it.'],
    ['no basis', [[flag(), removal({ basis: undefined })]], 'does not say which law or which of our terms'],
    [
      'no signals',
      [
        [flag({ signals: {} }), removal()],
        { when: '!(signals.is_illustration || signals.adult_score < 0.9)' },
      ],
      'No signals (the facts that were measured) are on record.',
    ],
    [
      'a missing signal that the rule requires',
      [[flag({ signals: { x: 1 } }), removal()]],
      '| adult score | not recorded | at least 0.67 |',
    ],
    [
      'a condition that is not simple',
      [[flag(), removal()], { when: '!(signals.is_illustration || signals.adult_score < 0.9)' }],
      'This is how it is written:\n\n    !(signals.is_illustration || signals.adult_score < 0.9)',
    ],
    [
      'a notice whose text was never kept',
      [[removal(), event('notice.sent.v1', 3)]],
      'Our record does not contain its text.',
    ],
    [
      'a notice whose text was erased',
      [[removal(), event('notice.sent.v1', 3)], { texts: { 'notice.sent.v1-3': { kind: 'erased' } } }],
      'Its text was erased. Nobody can read it any more.',
    ],
    [
      'a person found it',
      [[flag({ detector: { kind: 'human', id: 'reviewer-9', version: '1' } }), removal()]],
      'a person on our side marked',
    ],
    [
      'a person decided',
      [
        [
          removal({
            automation: { detection: false, decision: 'not' },
            decidedBy: { kind: 'human', id: 'reviewer-9' },
          }),
        ],
      ],
      'A person made the decision. Our record says that a person decided.',
    ],
    [
      'an answer without reasons',
      [[removal(), event('appeal.decided.v1', 5, { reasons: undefined })]],
      'The decision was upheld. A person answered it. No reasons for the answer are on record.',
    ],
    [
      'an appeal that was won and not acted on',
      [[removal(), event('appeal.decided.v1', 5, { outcome: 'reversed' })]],
      'Our record does not yet show that we reversed it for that reason.',
    ],
    [
      'a term that was served',
      [[ban(), event('account.reinstated.v1', 9, { reason: 'expiry' })]],
      'Its term has ended. It is no longer in force.',
    ],
    ['an end date that has passed', [[ban()], {}], 'It ended automatically on 29 May 2025'],
    [
      'a termination',
      [[ban({ restriction: 'terminated', until: undefined })]],
      'we closed your account permanently',
    ],
  ])('is honest about %s', (_what, args, words) => {
    const text = textOf(...args)
    expect(text).toContain(words)
    expect(text).not.toContain('reviewer-9')
  })

  test('is closed and versioned as JSON', () => {
    for (const events of [everything, [removal()], [flag(), ban()]]) {
      const statement = statementOf(events)
      expect(problems(OwnerStatement, statement)).toEqual([])
      expect(problems(OwnerStatement, JSON.parse(JSON.stringify(statement)))).toEqual([])
      expect(statement.version).toBe('1')
    }
    expect(problems(OwnerStatement, { ...statementOf([removal()]), more: 1 })).toEqual([
      { path: 'more', problem: 'unknown field' },
    ])
  })

  test('can be read after nine years of school', () => {
    for (const events of [everything, [flag(), removal()], [removal({ grounds: [] })], [ban()]]) {
      const { sections } = pageOf(statementOf(events, { when: null }))
      const text = sections.flatMap(({ blocks }) =>
        blocks.flatMap((block) =>
          block.kind === 'paragraph'
            ? [block.text]
            : block.kind === 'list'
              ? block.items.map((item) => item.text)
              : [],
        ),
      )
      expect(gradeOf(text.join(' '))).toBeLessThan(9)
    }
  })
})
