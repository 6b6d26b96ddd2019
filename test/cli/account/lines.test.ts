import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrangeStory, identityOf, type PersonalText } from '../../../src/app/account/story.ts'
import { renderStory } from '../../../src/cli/account/lines.ts'
import type { StoredEvent } from '../../../src/domain/event.ts'
import type { Hold } from '../../../src/domain/hold.ts'
import { anyHistory, happened } from '../../domain/happenings.ts'

const ruleset = { id: 'community-guidelines', version: '2025-04-28' }
const content = { id: 'pin-1', kind: 'pin' }
const flag = happened(
  'flag.raised.v1',
  {
    flagId: 'f1',
    rule: { id: 'adult.explicit' },
    ruleset,
    content,
    signals: { adult_score: 0.71, is_illustration: true, text: 'QUILTS' },
  },
  { day: '2025-04-29T00:00:00Z' },
)
const ban = happened(
  'account.deactivated.v1',
  { decisionId: 'd1', grounds: ['f1'], ruleset, basis: { kind: 'terms', reference: 'Section 2' } },
  { day: '2025-04-29T00:01:00Z' },
)
const notice = happened('notice.sent.v1', { decisionId: 'd1' }, { day: '2025-04-29T00:02:00Z' })
const appeal = happened('appeal.filed.v1', { appealId: 'a1', decisionId: 'd1' }, { day: 2 })
const answer = happened(
  'appeal.decided.v1',
  { appealId: 'a1', decisionId: 'd1', outcome: 'upheld' },
  { day: 3 },
)
const back = happened('account.reinstated.v1', { decisionIds: ['d1'], flagsVoided: ['f1'] }, { day: 14 })

const may = (day: number): number => Date.UTC(2025, 4, day)
const open = (text: string): PersonalText => ({ kind: 'open', text })
const rendered = (
  events: ReadonlyArray<StoredEvent>,
  {
    texts = [],
    at = may(20),
    width = 110,
    holds = [],
  }: { texts?: [StoredEvent, PersonalText][]; at?: number; width?: number; holds?: Hold[] } = {},
): string => {
  const byEvent = new Map(texts.map(([event, text]) => [identityOf(event), text]))
  return renderStory(arrangeStory('quilter', events, byEvent, holds, at), { width }).join('\n')
}

test('given a story, when it is printed, then it reads from top to bottom', () => {
  const texts: [StoredEvent, PersonalText][] = [
    [notice, open('Your account was suspended.\nYou can appeal.')],
    [appeal, open('It is a quilt.')],
    [answer, { kind: 'erased' }],
  ]
  expect(rendered([back, answer, appeal, notice, ban, flag], { texts })).toBe(
    `Account quilter at 2025-05-20 00:00 UTC
  status   active
  flags    0 standing, 1 voided

2025-04-29 00:00  flag f1  adult_content on pin pin-1
                    by rule adult.explicit (community-guidelines 2025-04-28), scanner 4.2.0
                    adult_score 0.71, is_illustration true, text "QUILTS"
                    void since 2025-05-14 00:00, by a reversal
2025-04-29 00:01  SUSPENDED  decision d1  adult_content
                    by deactivation-service (rule), under community-guidelines 2025-04-28; found by machine,
                    decided by machine
                    grounds: f1 (adult_content)
                    terms: Section 2
                    reversed 2025-05-14 00:00 (correction)
2025-04-29 00:02  notice of decision d1 sent by email
                    template suspension 3, en
                    │ Your account was suspended.
                    │ You can appeal.
2025-05-02 00:00  appeal a1 against d1
                    │ It is a quilt.
2025-05-03 00:00  appeal a1 against d1 answered: UPHELD
                    by reviewer-7 (human); no reasons given
                    │ (the text was erased with the account’s key)
2025-05-14 00:00  REINSTATED  reversed: d1 (correction)
                    flags voided: f1`,
  )
})

describe('the state at the top', () => {
  const stateLines = (events: ReadonlyArray<StoredEvent>, at: number): ReadonlyArray<string> =>
    rendered(events, { at })
      .split('\n\n', 1)[0]
      ?.split('\n')
      .slice(1)
      .map((line) => line.trim()) ?? []

  test('says what restricts the account, since and until when, and what is open', () => {
    const second = happened(
      'account.deactivated.v1',
      { decisionId: 'd2', restriction: 'terminated', until: '2025-06-01T00:00:00Z', grounds: [] },
      { day: 4 },
    )
    const removal = happened('content.removed.v1', { decisionId: 'r1', content, grounds: [] }, { day: 1 })
    expect(stateLines([flag, ban, appeal, second, removal], may(9))).toEqual([
      'status   terminated since 2025-04-29 00:01, no end set, by d1, d2',
      'removed  pin pin-1, by r1',
      'waiting  appeal a1 against d1, for 7 days',
      'flags    1 standing',
    ])
    expect(stateLines([second], may(9))[0]).toBe(
      'status   terminated since 2025-05-04 00:00, until 2025-06-01 00:00, by d2',
    )
  })

  test('says when a reversal is owed', () => {
    const won = happened(
      'appeal.decided.v1',
      { appealId: 'a1', decisionId: 'd1', outcome: 'reversed' },
      { day: 3 },
    )
    expect(stateLines([flag, ban, appeal, won], may(9))).toContain(
      'owed     d1 was overturned on appeal, but has not been reversed yet',
    )
  })

  test('is active if nothing is known', () => {
    expect(rendered([])).toMatch(/status {3}active\n.*\n\nNothing was recorded by then\.$/)
  })
})

describe('what a reviewer must not miss', () => {
  test('a ground that is not on record, a decision without a notice, an anomaly', () => {
    const text = rendered([ban])
    expect(text).toContain('grounds: f1 (not on record)')
    expect(text).toContain('no notice of it is on record')
    expect(text).toContain('! refers to the flag f1, which this account does not have')
  })

  test('an expired decision, and that the text of a notice was not recorded', () => {
    const short = happened('account.deactivated.v1', {
      decisionId: 'd1',
      until: '2025-05-08T00:00:00Z',
      grounds: [],
    })
    const text = rendered([short, happened('notice.sent.v1', { decisionId: 'd1' }, { day: 2 })])
    expect(text).toContain('SUSPENDED until 2025-05-08 00:00')
    expect(text).toContain('expired 2025-05-08 00:00')
    expect(text).toContain('(the statement of reasons is not on record)')
  })

  test('what was recorded after something that happened later', () => {
    const late = happened('flag.raised.v1', { flagId: 'f1' }, { day: 1, recorded: 5 })
    const onTime = happened('account.deactivated.v1', { decisionId: 'd1' }, { day: 2, recorded: 2 })
    expect(rendered([late, onTime]).match(/known only since .*/g)).toEqual([
      'known only since 2025-05-05 00:00',
    ])
  })

  test('nothing of it if all was recorded at once, as from a file', () => {
    const events = [flag, ban, notice].map((event) => ({ ...event, recordedat: back.recordedat }))
    expect(rendered(events)).not.toContain('known only since')
  })
})

describe('whatever happened', () => {
  test('it can be printed: each event at its date, in order, no line too long, nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(
        anyHistory,
        fc.integer({ min: 60, max: 120 }),
        fc.string({ unit: 'binary' }),
        (events, width, text) => {
          const texts = events
            .filter(({ type }) => /appeal|notice\.sent/.test(type))
            .map((event): [StoredEvent, PersonalText] => [event, open(text)])
          const lines = rendered(events, { width, texts }).split('\n')
          const dates = lines
            .map((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d {2}/.exec(line)?.[0])
            .filter((date) => date)
          expect(dates).toHaveLength(events.length)
          expect(dates).toEqual(dates.toSorted())
          for (const line of lines) {
            expect(line).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u)
            if (/^[\x20-\x7e\u2502]*$/.test(line)) expect(line.length).toBeLessThanOrEqual(width)
          }
        },
      ),
    )
  })

  test('every type of event has its own description', () => {
    const text = rendered([
      happened('flag.dismissed.v1', { flagId: 'f1', reason: 'a quilt' }),
      happened(
        'flag.rescored.v1',
        {
          flagId: 'f2',
          reason: 'the model misread quilts',
          detector: { kind: 'model', id: 'vision', version: '3.2' },
          signals: { score: 0.04 },
        },
        { day: 9 },
      ),
      happened('decision.changed.v1', { decisionId: 'd1', restriction: 'suspended', until: null }),
      happened('content.restored.v1', { decisionIds: ['r1'], content, requestId: 'q7' }),
      happened('notice.received.v1', { noticeId: 'n1', content }),
      happened('order.received.v1', { orderId: 'o1' }),
      happened('appeal.decided.v1', { appealId: 'a1', decisionId: 'd1', reasons: ['policy_2'] }),
      happened('notice.sent.v1', { decisionId: undefined, appealId: 'a1' }),
      happened('flag.raised.v1', {
        flagId: 'f2',
        source: 'trusted_flagger',
        noticeId: 'n1',
        becauseOf: ['d0'],
        detector: { kind: 'human', id: 'rev-3', version: '1' },
        signals: {},
      }),
    ])
    for (const words of [
      'flag f1 dismissed by reviewer-7 (human)',
      'reason: a quilt',
      'flag f2 rescored by vision 3.2 (a model)',
      'score 0.04',
      'reason: the model misread quilts',
      'rescored 2025-05-09 00:00, by vision 3.2 (a model)',
      'decision d1 changed (order)',
      'now suspended, no end date',
      'restored pin pin-1  reversed: r1 (correction)',
      'as requested by q7',
      'notice n1 from a trusted flagger  adult_content on pin pin-1',
      'order o1 to act',
      'from Court of first instance',
      'reasons: policy_2',
      'notice of the answer to appeal a1 sent by email',
      'by rev-3 1 (a reviewer)',
      'no signals recorded',
      'after a trusted flagger’s notice n1',
      'because of d0',
    ]) {
      expect(text).toContain(words)
    }
  })
})

test('given a decision that was made under a hold, when its story is printed, then it says so', () => {
  const hold = { holdId: 'h1', key: { rule: 'adult.explicit' }, by: 'ana', reason: 'it flags quilts' } as Hold
  const since = Date.UTC(2025, 3, 28)
  const told = (lifted: Hold['lifted']): string =>
    rendered([flag, ban], { holds: [{ ...hold, alarmId: null, since, lifted }] })
  const line = 'made although hold h1 (ana) asked services not to act'
  expect(told(null)).toContain(line)
  expect(told({ at: since + 3_600_000, by: 'ana', reason: 'fixed' })).not.toContain(line)
})
