import { describe, expect, test } from 'vitest'
import { projections } from '../../projections/index.ts'
import { arrangeStory, type Story } from '../../src/app/account/story.ts'
import { storyJson } from '../../src/app/account/story-json.ts'
import { renderStory } from '../../src/cli/account/lines.ts'
import { explanationLines } from '../../src/cli/explain/report.ts'
import type { StoredEvent } from '../../src/domain/event.ts'
import { placeInOrder } from '../../src/domain/order.ts'
import { fitted } from '../../src/ingest/account-feed/fit-state.ts'
import { accountStateOf } from '../../src/ingest/account-feed/state.ts'
import { subjectOf } from '../../src/projection/fold.ts'
import { correctionOfRules } from '../../src/replay/correction/correction.ts'
import { collectHistory } from '../../src/replay/model/collect.ts'
import type { History } from '../../src/replay/model/history.ts'
import { judgeHistory } from '../../src/replay/reference/judge-history.ts'
import { evidenceWantedBy } from '../../src/replay/reference/sightings.ts'
import { explain } from '../../src/replay/result/explain.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { correctionsOf } from '../../src/reports/statements/correction.ts'
import { toHtml } from '../../src/reports/statements/owner/html.ts'
import { toMarkdown } from '../../src/reports/statements/owner/markdown.ts'
import { ownerStatementOf } from '../../src/reports/statements/owner/owner-statement.ts'
import { pageOf } from '../../src/reports/statements/owner/words.ts'
import { styles } from '../../src/reports/transparency/styles/index.ts'
import { compileRuleset } from '../../src/rulesets/document.ts'
import { correctionOf } from '../replay/corrections.ts'
import { unwrap } from '../replay/ledgers.ts'
import { documentOf, ofOneAccount, published, stored } from './shapes.ts'
import { elementsLookedAt, NEARLY_LINEAR } from './work.ts'

const ruleset = unwrap(compileRuleset(documentOf('1')))
const publication = stored([published('1')])
const correction = correctionOfRules(unwrap(compileRuleset(documentOf('2', 0, 0.95))))
const rulesetNamed = () => ruleset
const AT = Date.UTC(2026, 0, 1)
const moment = { asOf: null, happenedBy: null, now: AT }

/** Withdraws every flag, and uses what was found in it later. */
const withdrawing = correctionOf({
  correction: 'c',
  ruleset: documentOf('2', 0, 0.95),
  withdrawals: [
    { id: 'detector', where: 'detector.version == "1"' },
    { id: 'listed', flags: ['f1', 'f2'], truth: 'false' },
  ],
})
const asTheyWere = correctionOf({ correction: 'c', ruleset: { id: 'rs' } })

const historyOf = (events: ReadonlyArray<StoredEvent>): History => {
  const collection = collectHistory(evidenceWantedBy(correction))
  for (const event of [...publication, ...events]) collection.add(event)
  return collection.finish(new Map([[ruleset.sha256, ruleset]]))
}
const storyOf = (events: ReadonlyArray<StoredEvent>): Story => arrangeStory('hot', events, new Map(), [], AT)

/** What is done with all events of one account. */
const commands: Readonly<Record<string, (events: ReadonlyArray<StoredEvent>) => unknown>> = {
  account: (events) => renderStory(storyOf(events), { width: 110 }),
  'account --json': (events) => JSON.stringify(storyJson(storyOf(events), moment)),
  statement: (events) => {
    const { account, decisions } = storyOf(events)
    const decision = decisions.get('d0')
    if (decision === undefined) return null
    const textOf = () => undefined
    const page = pageOf(
      ownerStatementOf({ decision, account, events, textOf, rulesetNamed, howToAppeal: null, at: AT }),
    )
    return toHtml(page) + toMarkdown(page)
  },
  project: (events) =>
    projections
      .filter((projection) => projection.of === 'account')
      .map(({ fold }) => fold(subjectOf(placeInOrder(events)), rulesetNamed)),
  'report transparency': (events) =>
    Object.values(styles).map((style) => style.casesOf(subjectOf(placeInOrder(events)))),
  'export statements': (events) => correctionsOf(subjectOf(placeInOrder(events)).record),
  'consume --accounts-topic': (events) => {
    const state = accountStateOf(events)
    return state === null ? null : fitted(state, 10_000)
  },
}

/** What reads the whole ledger. */
const replays: typeof commands = {
  replay: (events) => replay(historyOf(events), correction),
  'replay with withdrawals': (events) => replay(historyOf(events), withdrawing),
  'replay by the rules as they were': (events) => replay(historyOf(events), asTheyWere),
  explain: (events) => {
    const findings = judgeHistory(historyOf(events), correction)
    const [judgement] = [...findings.byDecision.values()].slice(-1)
    return judgement === undefined ? null : explanationLines(explain(judgement, findings))
  },
}

describe.each(Object.entries(ofOneAccount))('given one account with %s', (_, shape) => {
  const [small, large] = [100, 400].map((n) => stored(shape(n)))
  test.each(Object.entries({ ...commands, ...replays }))(
    'when there are four times as many, then %s looks at about four times as much',
    async (_command, work) => {
      const looks = (events: ReadonlyArray<StoredEvent> = []) => elementsLookedAt(() => work(events))
      expect((await looks(large)) / (await looks(small))).toBeLessThan(NEARLY_LINEAR)
    },
  )
})
