import { eventLines } from '../../app/account/event-lines.ts'
import { identityOf, type Story } from '../../app/account/story.ts'
import { describeAnomaly } from '../../domain/anomaly.ts'
import { minute } from '../../domain/definition/story.ts'
import type { StoredEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { least } from '../../foundation/extremes.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { wrap } from '../../foundation/text/fit-text.ts'

export type StoryOptions = {
  /** Columns of the terminal; lines are wrapped to at least 60 of them. */
  readonly width: number
}

const LEAST_WIDTH = 60
const DATE_WIDTH = '2025-04-29 00:01  '.length
const DAY = 86_400_000

/** An account's story for people, as lines: its state, then what happened, in order, with dates in UTC. */
export const renderStory = (story: Story, options: StoryOptions): ReadonlyArray<string> => {
  const width = Math.max(options.width, LEAST_WIDTH)
  return [...standing(story, width), '', ...timeline(story, width)]
}

/** The state, one fact per line. */
const standing = ({ accountId, state, account }: Story, width: number): ReadonlyArray<string> => {
  const facts: ReadonlyArray<string>[] = [['status', statusLine(state)]]
  for (const { kind, id, heldBy } of state.removedContent) {
    facts.push(['removed', `${kind} ${id}, by ${heldBy.map(({ decisionId }) => decisionId).join(', ')}`])
  }
  for (const appeal of state.openAppeals) {
    if (appeal.status !== 'open') continue
    const { data, time } = appeal.filed
    const days = Math.max(0, Math.floor((state.at - instantOf(time)) / DAY))
    const waits = `for ${countOf(days, 'day')}`
    facts.push(['waiting', `appeal ${data.appealId} against ${data.decisionId}, ${waits}`])
  }
  for (const { decisionId } of state.reversalOwed) {
    facts.push(['owed', `${decisionId} was overturned on appeal, but has not been reversed yet`])
  }
  const flags = state.standingFlags.map(({ raised }) => raised.data.flagId)
  const voided = account.flags.length - flags.length
  facts.push(['flags', `${flags.length} standing${voided === 0 ? '' : `, ${voided} voided`}`])
  return [
    `Account ${accountId} at ${minute(state.at)} UTC`,
    ...facts.flatMap(([label = '', fact = '']) =>
      wrap(fact, width - 11).map((line, i) => `  ${(i === 0 ? label : '').padEnd(9)}${line}`),
    ),
  ]
}

const statusLine = (state: Story['state']): string => {
  if (state.status === 'active') return 'active'
  const since = least(state.heldBy.map(({ at }) => at))
  const until = state.until === null ? 'no end set' : `until ${minute(state.until)}`
  return `${state.status} since ${minute(since)}, ${until}, by ${state.heldBy.map(({ decisionId }) => decisionId).join(', ')}`
}

const timeline = (story: Story, width: number): ReadonlyArray<string> => {
  if (story.events.length === 0) return ['Nothing was recorded by then.']
  const room = width - DATE_WIDTH
  const late = lateOnes(story.events)
  return story.events.flatMap((event) => {
    const { headline, details, quoted } = eventLines(event, story)
    const found = story.anomalies.get(identityOf(event)) ?? []
    const below = [
      ...details.flatMap((detail) => indented(detail, room, '  ')),
      ...quoted.flatMap((paragraph) => indented(paragraph, room, '  \u2502 ')),
      ...(late.has(event) ? [`  known only since ${minute(instantOf(event.recordedat))}`] : []),
      ...found.flatMap((anomaly) => indented(describeAnomaly(anomaly), room, '  ! ')),
    ]
    const [first = '', ...more] = wrap(headline, room)
    return [
      `${minute(instantOf(event.time))}  ${first}`,
      ...[...more, ...below].map((line) => `${' '.repeat(DATE_WIDTH)}${line}`.trimEnd()),
    ]
  })
}

const indented = (text: string, room: number, before: string): ReadonlyArray<string> =>
  wrap(text, room - before.length).map((line) => before + line)

/** Events recorded more than a minute after one that happened later: readers in between did not see them. */
const lateOnes = (events: ReadonlyArray<StoredEvent>): ReadonlySet<StoredEvent> => {
  const late = new Set<StoredEvent>()
  let earliest = Number.POSITIVE_INFINITY
  for (const event of events.toReversed()) {
    const recorded = instantOf(event.recordedat)
    if (recorded - earliest > 60_000) late.add(event)
    earliest = Math.min(earliest, recorded)
  }
  return late
}
