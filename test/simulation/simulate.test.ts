import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { decodeIncoming } from '../../src/domain/decode.ts'
import { parseInstant } from '../../src/domain/time.ts'
import { parseCorrection } from '../../src/replay/correction/document.ts'
import { compileRuleset } from '../../src/rulesets/document.ts'
import { DAY, end, HOUR } from '../../src/simulation/calendar.ts'
import { isHarmless, leastAccounts, scenarios } from '../../src/simulation/population.ts'
import { faults } from '../../src/simulation/scenarios/mixed.ts'
import { simulate } from '../../src/simulation/simulate.ts'
import { eventsOf, type Line, scenarioNamed, simulated } from './simulated.ts'

const names = scenarios.map(({ name }) => name)

const hashOf = (lines: Iterable<string>): string => {
  const hash = createHash('sha256')
  for (const line of lines) hash.update(`${line}\n`)
  return hash.digest('hex')
}

describe('given a seed', () => {
  test('then it gives the same bytes and the same truth again, and another seed gives others', () => {
    const first = simulated('mixed', 1, 500)
    const again = simulated('mixed', 1, 500)
    expect(hashOf(again.lines())).toBe(hashOf(first.lines()))
    expect(hashOf(first.lines())).toBe(hashOf(first.lines()))
    expect(again.truth).toEqual(first.truth)
    const other = simulated('mixed', 2, 500)
    expect(hashOf(other.lines())).not.toBe(hashOf(first.lines()))
    expect(other.truth.putBack).not.toEqual(first.truth.putBack)
  })

  test('then there are about ten events per account, most of them about harmless posts', () => {
    const { truth, lines, lineCount } = simulated('mixed', 3, 2000)
    expect(truth.events / 2000).toBeGreaterThan(9)
    expect(truth.events / 2000).toBeLessThan(11.5)
    const all = [...lines()]
    expect(all).toHaveLength(lineCount)
    expect(all.filter((line) => line.includes('"content.evaluated.v1"')).length).toBeGreaterThan(
      lineCount / 2,
    )
  })

  test('then a flag agrees with its notice', () => {
    const events = eventsOf(simulated('mixed', 1, 2000))
    const notifiers = new Map(
      events.flatMap(({ type, data: { noticeId, notifier } }) =>
        type === 'notice.received.v1' ? [[noticeId, notifier]] : [],
      ),
    )
    const pairs = events.flatMap(({ type, data: { source, noticeId } }) =>
      type === 'flag.raised.v1' ? [`${source} ${notifiers.get(noticeId)}`] : [],
    )
    expect([...new Set(pairs)].sort()).toEqual([
      'own_initiative undefined',
      'trusted_flagger trusted_flagger',
      'user_notice user',
    ])
  })

  test('then the incident stands out among the days', () => {
    const bans = eventsOf(simulated('threshold-typo', 1, 2000)).filter(
      ({ type }) => type === 'account.deactivated.v1',
    )
    const on = (day: string): number => bans.filter(({ time }) => time.startsWith(day)).length
    expect(on('2025-04-29')).toBeGreaterThan(5 * on('2025-04-22'))
  })
})

describe.each(names)('given the scenario %s', (name) => {
  const simulation = simulated(name, 11, 400)
  const events = eventsOf(simulation)
  const { truth } = simulation
  const harmless = scenarios.some((scenario) => scenario.name === name && isHarmless(scenario))

  test('then every line is an event that decodes', () => {
    for (const line of simulation.lines()) {
      const decoded = decodeIncoming(JSON.parse(line))
      if (E.isLeft(decoded)) expect.fail(`${line}\n${JSON.stringify(decoded.left)}`)
    }
    expect(events).toHaveLength(truth.events)
    expect(simulation.lineCount).toBe(truth.events + truth.duplicates)
  })

  test('then nothing happens after the end, and something at the end', () => {
    const times = events.map(({ time }) => parseInstant(time) ?? Number.NaN)
    expect(Math.max(...times)).toBe(end)
  })

  test('then its rulesets are sound documents', () => {
    const published = events.filter(({ type }) => type === 'ruleset.published.v1')
    expect(published).toHaveLength(5)
    for (const { data } of published) expect(compileRuleset(data.document)).toMatchObject({ _tag: 'Right' })
    if (truth.rulesetCorrected !== null)
      expect(compileRuleset(truth.rulesetCorrected)).toMatchObject({ _tag: 'Right' })
  })

  test('then either the rules are corrected, or the evidence', () => {
    const { rulesetCorrected, correction } = truth
    expect(rulesetCorrected === null).toBe(correction !== null)
    if (correction === null) return
    if (!harmless) expect(correction.withdrawals.length).toBeGreaterThan(0)
    const parsed = parseCorrection(JSON.stringify(correction))
    if (E.isLeft(parsed)) return expect.fail(JSON.stringify(parsed.left))
    const raised = new Set(
      events.flatMap(({ type, data }) => (type === 'flag.raised.v1' ? [data.flagId] : [])),
    )
    for (const { of } of parsed.right.withdrawals) {
      if (of.kind === 'flags') for (const flag of of.flagIds) expect(raised.has(flag)).toBe(true)
    }
  })

  test('then ids are unique', () => {
    const decisions = decisionIdsOf(events)
    const flags = events.flatMap(({ data, type }) => (type === 'flag.raised.v1' ? [data.flagId] : []))
    expect(new Set(decisions).size).toBe(decisions.length)
    expect(new Set(flags).size).toBe(flags.length)
  })

  test('then the truth names decisions that exist, each once, and a fault for each', () => {
    const exists = new Set(decisionIdsOf(events))
    const remedies = [
      ...truth.putBack.flatMap(({ decisionIds }) => decisionIds),
      ...truth.review,
      ...truth.annul,
    ]
    expect(new Set(remedies).size).toBe(remedies.length)
    expect(new Set(truth.wrongful).size).toBe(truth.wrongful.length)
    for (const id of [...remedies, ...truth.wrongful, ...truth.otherRulesets]) {
      expect(exists.has(id)).toBe(true)
      expect(truth.faults[id]).toBeDefined()
    }
    expect(new Set(Object.values(truth.faults)).size).toBe(harmless ? 0 : name === 'mixed' ? 9 : 1)
  })

  test('then what must be reversed is on the account and the content in the event', () => {
    expect(truth.putBack.length + truth.review.length > 0).toBe(!harmless)
    const byId = new Map(events.map((event) => [decisionIdOf(event), event]))
    for (const { account, decisionIds, content } of truth.putBack) {
      for (const id of decisionIds) {
        const event = byId.get(id)
        expect(event?.subject).toBe(account)
        expect(event?.type).toBe(content === undefined ? 'account.deactivated.v1' : 'content.removed.v1')
        if (content !== undefined) expect(event?.data.content).toMatchObject(content)
      }
    }
  })
})

describe('given the scenarios, then each has the fault in its name', () => {
  const of = (name: string, type: string): ReadonlyArray<Line> =>
    eventsOf(simulated(name, 4, 600)).filter((event) => event.type === type)

  test('threshold-typo: 0.67 instead of 0.97, and no exemption for drawings, in one version', () => {
    const mistyped = of('threshold-typo', 'ruleset.published.v1').filter(({ data }) =>
      JSON.stringify(data).includes('"signals.adult_score >= 0.67"'),
    )
    expect(mistyped.map(({ time }) => time.slice(0, 10))).toEqual(['2025-04-28'])
    expect(JSON.stringify(simulated('threshold-typo', 4, 600).truth.rulesetCorrected)).toContain(
      'signals.adult_score >= 0.97 && !signals.is_illustration',
    )
  })

  test('detector-gone-bad: flags by the bad model, which the corrected rules exclude', () => {
    const bad = of('detector-gone-bad', 'flag.raised.v1').filter(({ data }) =>
      JSON.stringify(data.detector).includes('"7.3.0"'),
    )
    expect(bad.length).toBeGreaterThan(10)
    const { truth } = simulated('detector-gone-bad', 4, 600)
    expect(JSON.stringify(truth.rulesetCorrected)).toContain('detector.version != \\"7.3.0\\"')
  })

  test('pipeline-fault: bans without grounds, and bans on another account’s flags', () => {
    const bans = of('pipeline-fault', 'account.deactivated.v1')
    const owners = new Map(
      of('pipeline-fault', 'flag.raised.v1').map((flag) => [flag.data.flagId, flag.subject]),
    )
    const groundsOf = ({ data }: Line): ReadonlyArray<unknown> =>
      Array.isArray(data.grounds) ? data.grounds : []
    expect(bans.some((ban) => groundsOf(ban).length === 0)).toBe(true)
    expect(bans.some((ban) => groundsOf(ban).some((flag) => owners.get(flag) !== ban.subject))).toBe(true)
  })

  test('expired-strikes: bans on strikes more than fourteen days old', () => {
    const flagged = new Map(
      of('expired-strikes', 'flag.raised.v1').map(({ data, time }) => [data.flagId, parseInstant(time) ?? 0]),
    )
    const late = of('expired-strikes', 'account.deactivated.v1').filter(({ data, time }) =>
      (Array.isArray(data.grounds) ? data.grounds : []).some(
        (flag) => (parseInstant(time) ?? 0) - (flagged.get(flag) ?? 0) >= 14 * DAY,
      ),
    )
    expect(late.length).toBeGreaterThan(10)
  })

  test('missing-signals: flags by the scanner that do not record whether it was drawn', () => {
    const flags = of('missing-signals', 'flag.raised.v1').map(({ data }) => JSON.stringify(data.signals))
    expect(
      flags.some((signals) => signals.includes('adult_score') && !signals.includes('is_illustration')),
    ).toBe(true)
  })

  test('ban-evasion: flags because of other decisions, known and unknown', () => {
    const roots = of('ban-evasion', 'flag.raised.v1').flatMap(({ data }) =>
      Array.isArray(data.becauseOf) ? data.becauseOf : [],
    )
    const known = new Set<unknown>(decisionIdsOf(eventsOf(simulated('ban-evasion', 4, 600))))
    expect(roots.some((root) => known.has(root))).toBe(true)
    expect(roots.some((root) => !known.has(root))).toBe(true)
  })

  test('human-decisions: people decided', () => {
    const byPeople = of('human-decisions', 'account.deactivated.v1').filter(({ data }) =>
      JSON.stringify(data.decidedBy).includes('"human"'),
    )
    expect(byPeople.length).toBeGreaterThan(10)
  })

  test('retired-rule: flags by a rule that the corrected ruleset does not have', () => {
    const rules = of('retired-rule', 'flag.raised.v1').map(({ data }) => JSON.stringify(data.rule))
    expect(rules).toContain('{"id":"goods.pattern_resale"}')
    const { truth } = simulated('retired-rule', 4, 600)
    expect(JSON.stringify(truth.rulesetCorrected)).not.toContain('goods.pattern_resale')
  })

  test('broken-promises: appeals won, and no reversal', () => {
    const reversed = new Set(
      [
        ...of('broken-promises', 'account.reinstated.v1'),
        ...of('broken-promises', 'content.restored.v1'),
      ].flatMap(({ data }) => (Array.isArray(data.decisionIds) ? data.decisionIds : [])),
    )
    const won = of('broken-promises', 'appeal.decided.v1').filter(({ data }) => data.outcome === 'reversed')
    expect(won.filter(({ data }) => !reversed.has(data.decisionId)).length).toBeGreaterThan(10)
  })

  test('severer-than-the-rule: within some hours, terminations that no version asks for', () => {
    for (const { data } of of('severer-than-the-rule', 'ruleset.published.v1')) {
      expect(JSON.stringify(data.document)).not.toContain('"terminated"')
    }
    const terminated = of('severer-than-the-rule', 'account.deactivated.v1').filter(
      ({ data }) => data.restriction === 'terminated' && JSON.stringify(data.decidedBy).includes('"rule"'),
    )
    expect(terminated.length).toBeGreaterThan(10)
    for (const { time } of terminated) {
      expect(time >= '2025-04-15T07:10' && time < '2025-04-15T15:00').toBe(true)
    }
    const { wrongful, review } = simulated('severer-than-the-rule', 4, 600).truth
    expect(wrongful).toEqual([])
    expect(review.length).toBeGreaterThan(10)
  })

  test('banned-again: within hours of a reinstatement, a ban on the grounds of the one before', () => {
    const bans = of('banned-again', 'account.deactivated.v1')
    const wrongful = new Set<unknown>(simulated('banned-again', 4, 600).truth.wrongful)
    const back = new Map(of('banned-again', 'account.reinstated.v1').map((event) => [event.subject, event]))
    const second = bans.filter(({ data }) => wrongful.has(data.decisionId))
    expect(second.length).toBeGreaterThan(10)
    for (const ban of second) {
      const first = bans.find(({ subject }) => subject === ban.subject)
      expect(ban.data.grounds).toEqual(first?.data.grounds)
      const reversedAt = parseInstant(back.get(ban.subject)?.time ?? '') ?? Number.NaN
      expect((parseInstant(ban.time) ?? 0) - reversedAt).toBeLessThan(3 * HOUR)
    }
  })
})

describe('given the scenarios whose evidence was wrong, then each has the fault in its name', () => {
  const of = (name: string, type: string): ReadonlyArray<Line> =>
    eventsOf(simulated(name, 4, 600)).filter((event) => event.type === type)

  test('hash-list-entry: matches of one entry, of others, and some that do not say of which', () => {
    const entries = of('hash-list-entry', 'flag.raised.v1').flatMap(({ data: { signals } }) => {
      const { hash_distance, list_entry } = signals as Readonly<Record<string, unknown>>
      return hash_distance === undefined ? [] : [list_entry]
    })
    expect(entries.filter((entry) => entry === 'vm-20417').length).toBeGreaterThan(10)
    expect(entries).toContain(undefined)
    expect(new Set(entries).size).toBeGreaterThan(5)
  })

  test('detector-rescored: the fixed version finds some of what the bad one flagged, and not the rest', () => {
    const scores = of('detector-rescored', 'flag.rescored.v1').map(({ data }) => {
      const { version } = data.detector as { readonly version: string }
      const { nudity_score } = data.signals as { readonly nudity_score?: number }
      return `${version} ${nudity_score === undefined ? 'none' : nudity_score >= 0.9 ? 'high' : 'low'}`
    })
    expect([...new Set(scores)].sort()).toEqual(['7.3.0 high', '7.3.1 high', '7.3.1 low', '7.3.1 none'])
  })

  test('vendor-error: a vendor\u2019s flags in the weeks and in others, and some audited', () => {
    const days = of('vendor-error', 'flag.raised.v1')
      .filter(({ data }) => JSON.stringify(data.detector).includes('vendor-ninecrows'))
      .map(({ time }) => time.slice(0, 10))
    expect(days.some((day) => day < '2025-04-14')).toBe(true)
    expect(days.some((day) => day >= '2025-04-14' && day < '2025-04-26')).toBe(true)
    expect(days.some((day) => day >= '2025-04-26')).toBe(true)
    expect(JSON.stringify(simulated('vendor-error', 4, 600).truth.correction)).toContain('"flags":["f-')
  })

  test('wrong-account-join: for some hours, flags about pins that their accounts never posted', () => {
    const { truth } = simulated('wrong-account-join', 4, 600)
    const [moved] = truth.correction?.withdrawals ?? []
    const listed = new Set<unknown>(moved?.flags)
    const flags = of('wrong-account-join', 'flag.raised.v1').filter(({ data }) => listed.has(data.flagId))
    expect(flags.length).toBeGreaterThan(20)
    expect([...new Set(flags.map(({ time }) => time.slice(0, 10)))]).toEqual(['2025-04-16'])
  })
})

describe('given retired versions of detectors that go on looking', () => {
  const paired = eventsOf(
    simulate({ scenario: scenarioNamed('mixed'), seed: 2, accounts: 600, paired: true }),
  )
  const isShadow = ({ data }: Line): boolean => data.shadow === true

  test('then everything else happens as without them', () => {
    expect(paired.filter((event) => !isShadow(event))).toEqual(eventsOf(simulated('mixed', 2, 600)))
  })

  test('then they look at 2 to 5 % of what their successors look at, within an hour', () => {
    const retired = new Map([
      ['nudity-net 7.3.0', '7.2.0'],
      ['nudity-net 7.3.1', '7.3.0'],
      ['scanner 4.3.1', '4.2.0'],
    ])
    const lookedAt = new Map(
      paired.flatMap((event) => {
        const { detector, content } = event.data as Partial<Looked>
        const version = retired.get(`${detector?.id} ${detector?.version}`)
        return version === undefined || content === undefined || isShadow(event)
          ? []
          : [[`${detector?.id} ${version} ${content.id}`, event] as const]
      }),
    )
    const shadows = paired.filter(isShadow)
    expect(shadows.length / lookedAt.size).toBeGreaterThan(0.02)
    expect(shadows.length / lookedAt.size).toBeLessThan(0.05)
    for (const { subject, type, time, data } of shadows) {
      // Cast: checked by the codec in the tests of scenarios.
      const { detector, content } = data as Looked
      const looked = lookedAt.get(`${detector.id} ${detector.version} ${content.id}`)
      expect([type, subject]).toEqual(['content.evaluated.v1', looked?.subject])
      const after = (parseInstant(time) ?? 0) - (parseInstant(looked?.time ?? '') ?? 0)
      expect(after >= 0 && after < HOUR).toBe(true)
    }
  })

  test('then the truth is the same', () => {
    const { truth } = simulate({ scenario: scenarioNamed('mixed'), seed: 2, accounts: 600, paired: true })
    const { events: _, duplicates: __, late: ___, paired: isPaired, ...lists } = truth
    expect(isPaired).toBe(true)
    expect(simulated('mixed', 2, 600).truth).toMatchObject(lists)
  })
})

type Looked = {
  readonly detector: { readonly id: string; readonly version: string }
  readonly content: { readonly id: string }
}

describe('given the mixed scenario', () => {
  test('then every persona of every scenario runs, even with the fewest accounts', () => {
    for (const scenario of scenarios) {
      const { truth } = simulate({ scenario, seed: 1, accounts: leastAccounts })
      for (const { name } of scenario.personas) expect(truth.personas[name]).toBeGreaterThan(0)
    }
    const mixed = simulated('mixed', 1, leastAccounts).truth.personas
    for (const { personas } of faults) for (const { name } of personas) expect(mixed[name]).toBeGreaterThan(0)
  })

  test('then no two scenarios have a persona of the same name, so that each trouble has one fault', () => {
    const all = scenarios.filter(({ name }) => name !== 'mixed').flatMap(({ personas }) => personas)
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })

  test('then fewer accounts than it has parts are refused', () => {
    expect(() => simulated('mixed', 1, 20)).toThrow(RangeError)
  })
})

describe('given deliveries', () => {
  const lines = [...simulated('mixed', 5, 2000).lines()]

  test('then some are redelivered as the same bytes, and some as retries with another trace', () => {
    const first = new Map<string, string>()
    let same = 0
    let retried = 0
    for (const line of lines) {
      const { source, id } = JSON.parse(line)
      const before = first.get(`${source} ${id}`)
      if (before === undefined) first.set(`${source} ${id}`, line)
      else if (before === line) same++
      else {
        retried++
        expect(withoutTrace(line)).toBe(withoutTrace(before))
      }
    }
    expect(same).toBeGreaterThan(20)
    expect(retried).toBeGreaterThan(20)
  })

  test('then some arrive hours and weeks after later events', () => {
    let latest = 0
    let hours = 0
    let weeks = 0
    for (const line of lines) {
      const at = parseInstant(JSON.parse(line).time) ?? 0
      if (latest - at > HOUR) hours++
      if (latest - at > 7 * DAY) weeks++
      latest = Math.max(latest, at)
    }
    expect(hours).toBeGreaterThan(50)
    expect(weeks).toBeGreaterThan(5)
  })

  test('then some grounds are dated after the ban that refers to them', () => {
    const flagged = new Map<unknown, number>()
    const events = lines.map((line): Line => JSON.parse(line))
    for (const { type, data, time } of events) {
      if (type === 'flag.raised.v1') flagged.set(data.flagId, parseInstant(time) ?? 0)
    }
    const ahead = events.filter(
      ({ type, data, time }) =>
        type === 'account.deactivated.v1' &&
        Array.isArray(data.grounds) &&
        data.grounds.some((flag) => (flagged.get(flag) ?? 0) > (parseInstant(time) ?? 0)),
    )
    expect(ahead.length).toBeGreaterThan(0)
  })
})

const withoutTrace = (line: string): string => line.replace(/"traceparent":"[^"]*",/, '')

const decisionIdOf = ({ type, data }: Line): string | null =>
  type === 'account.deactivated.v1' || type === 'content.removed.v1' ? String(data.decisionId) : null

const decisionIdsOf = (events: ReadonlyArray<Line>): ReadonlyArray<string> =>
  events.flatMap((event) => decisionIdOf(event) ?? [])
