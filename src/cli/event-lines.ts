import type { Decision } from '../domain/account.ts'
import type { EventType, StoredEvent } from '../domain/event.ts'
import { formatInstant, instantOf } from '../domain/time.ts'
import { jsonText } from '../foundation/json-text.ts'
import { identityOf, type Story } from './story.ts'

/** An event for people: what happened, what there is to say of it, and what somebody wrote, by paragraphs. */
export type Told = {
  readonly headline: string
  readonly details: ReadonlyArray<string>
  readonly quoted?: ReadonlyArray<string>
}

/** `2025-04-29 00:01` (UTC) of an instant in ms. */
export const minute = (at: number): string => formatInstant(at).slice(0, 16).replace('T', ' ')

type Content = { readonly kind: string; readonly id: string }
type Ruleset = { readonly id: string; readonly version: string }
type Actor = { readonly kind: string; readonly id: string }

const onContent = (content: Content | undefined): string =>
  content === undefined ? '' : ` on ${content.kind} ${content.id}`
const ofRuleset = ({ id, version }: Ruleset): string => `${id} ${version}`
const actor = ({ kind, id }: Actor): string => `${id} (${kind})`
const list = (ids: ReadonlyArray<string>): string => (ids.length === 0 ? 'none' : ids.join(', '))

const sources = {
  own_initiative: '',
  user_notice: 'after a user\u2019s notice',
  trusted_flagger: 'after a trusted flagger\u2019s notice',
  authority: 'after an authority\u2019s order',
} as const
const words = { model: 'a model', hash_match: 'a hash match', human: 'a reviewer' } as const
const deciding = {
  fully: 'decided by machine',
  partially: 'decided partly by machine',
  not: 'decided by people',
}

/** Tells one event of a story. */
export const tellEvent = (event: StoredEvent, story: Story): Told => {
  switch (event.type) {
    case 'flag.raised.v1':
      return tellFlag(event, story)
    case 'flag.dismissed.v1':
      return {
        headline: `flag ${event.data.flagId} dismissed by ${actor(event.data.reviewer)}`,
        details: event.data.reason === undefined ? [] : [`reason: ${event.data.reason}`],
      }
    case 'content.removed.v1':
      return tellDecision(event, `removed ${event.data.content.kind} ${event.data.content.id}`, story)
    case 'account.deactivated.v1':
      return tellDecision(event, event.data.restriction.toUpperCase(), story)
    case 'decision.changed.v1':
      return tellChange(event)
    case 'content.restored.v1':
    case 'account.reinstated.v1':
      return tellReversal(event)
    case 'notice.sent.v1':
    case 'appeal.filed.v1':
    case 'appeal.decided.v1':
      return { ...tellLetter(event), quoted: quotedFrom(event, story) }
    case 'notice.received.v1': {
      const by = event.data.notifier === 'user' ? 'a user' : 'a trusted flagger'
      const what = `${event.data.category}${onContent(event.data.content)}`
      return { headline: `notice ${event.data.noticeId} from ${by}  ${what}`, details: [] }
    }
    case 'order.received.v1': {
      const kind = event.data.kind === 'act' ? 'to act' : 'to inform'
      return {
        headline: `order ${event.data.orderId} ${kind}${onContent(event.data.content)}`,
        details: [`from ${event.data.authority}`],
      }
    }
    case 'content.evaluated.v1':
    case 'ruleset.published.v1': // these have streams of their own
      return { headline: event.type, details: [] }
  }
}

/** Whether an event is the one that counts: another with the same flagId or decisionId does not. */
const isSame = (event: StoredEvent, counted: StoredEvent | undefined): boolean =>
  counted !== undefined && identityOf(event) === identityOf(counted)

const tellFlag = (event: StoredEvent<'flag.raised.v1'>, { flags }: Story): Told => {
  const { data } = event
  const { detector, rule, ruleset, signals } = data
  const known = flags.get(data.flagId)
  const counted = isSame(event, known?.raised) ? known : undefined
  const voided = counted?.voided ?? null
  const finder = `${detector.id} ${detector.version}${detector.kind === 'rule' ? '' : ` (${words[detector.kind]})`}`
  const under = ruleset === undefined ? '' : ` (${ofRuleset(ruleset)})`
  const by = rule === undefined ? `by ${finder}${under}` : `by rule ${rule.id}${under}, ${finder}`
  const asked = sources[counted?.source ?? data.source]
  const noticed = data.noticeId === undefined ? asked : `${asked || 'notice'} ${data.noticeId}`
  const shown = Object.entries(signals).map(([name, value]) => `${name} ${jsonText(value)}`)
  return {
    headline: `flag ${data.flagId}  ${data.category}${onContent(data.content)}`,
    details: [
      by,
      shown.length === 0 ? 'no signals recorded' : shown.join(', '),
      ...(noticed === '' ? [] : [noticed]),
      ...(data.becauseOf === undefined ? [] : [`because of ${list(data.becauseOf)}`]),
      ...(voided === null ? [] : [`void since ${minute(voided.at)}, by ${voidedBy[voided.by]}`]),
    ],
  }
}
const voidedBy = {
  dismissal: 'its dismissal',
  reversal: 'a reversal',
  appeal: 'an appeal that was won',
} as const

const tellDecision = (
  event: StoredEvent<'account.deactivated.v1' | 'content.removed.v1'>,
  done: string,
  story: Story,
): Told => {
  const { data } = event
  const until = event.type === 'account.deactivated.v1' ? event.data.until : undefined
  const end = until === undefined ? '' : ` until ${minute(instantOf(until))}`
  const decision = story.decisions.get(data.decisionId)
  const under = data.ruleset === undefined ? '' : `, under ${ofRuleset(data.ruleset)}`
  const found = data.automation.detection ? 'found by machine' : 'found by people'
  return {
    headline: `${done}${end}  decision ${data.decisionId}  ${data.category}`,
    details: [
      `by ${actor(data.decidedBy)}${under}; ${found}, ${deciding[data.automation.decision]}`,
      `grounds: ${list(data.grounds.map((flagId) => groundOf(flagId, story)))}`,
      ...(data.basis === undefined ? [] : [`${data.basis.kind}: ${data.basis.reference}`]),
      ...(data.territory === undefined ? [] : [`in ${data.territory}`]),
      ...(isSame(event, decision?.made) && decision !== undefined ? aftermath(decision, story) : []),
    ],
  }
}

const groundOf = (flagId: string, { flags }: Story): string => {
  const flag = flags.get(flagId)
  return flag === undefined ? `${flagId} (not on record)` : `${flagId} (${flag.raised.data.category})`
}

/** What a reader of a decision must know of what came later. */
const aftermath = (
  { decisionId, reversals, until }: Decision,
  { noticed, state }: Story,
): ReadonlyArray<string> => {
  const [reversal] = reversals
  return [
    ...(noticed.has(decisionId) ? [] : ['no notice of it is on record']),
    ...(reversal !== undefined
      ? [`taken back ${minute(reversal.at)} (${reversal.reason})`]
      : until !== null && until <= state.at
        ? [`over since ${minute(until)}`]
        : []),
  ]
}

const tellChange = ({ data }: StoredEvent<'decision.changed.v1'>): Told => {
  const changes = [
    ...(data.restriction === undefined ? [] : [`now ${data.restriction}`]),
    ...(data.until === undefined
      ? []
      : [data.until === null ? 'no end any more' : `until ${minute(instantOf(data.until))}`]),
  ]
  return {
    headline: `decision ${data.decisionId} changed (${data.reason})`,
    details: [changes.length === 0 ? 'nothing is said to have changed' : changes.join(', ')],
  }
}

const tellReversal = (event: StoredEvent<'content.restored.v1' | 'account.reinstated.v1'>): Told => {
  const { data } = event
  const done =
    event.type === 'account.reinstated.v1'
      ? 'REINSTATED'
      : event.data.content === undefined
        ? 'restored'
        : `restored ${event.data.content.kind} ${event.data.content.id}`
  return {
    headline: `${done}  taken back: ${list(data.decisionIds)} (${data.reason})`,
    details: [
      ...(data.flagsVoided === undefined ? [] : [`flags voided: ${list(data.flagsVoided)}`]),
      ...(data.requestId === undefined ? [] : [`as requested by ${data.requestId}`]),
    ],
  }
}

type Letter = 'notice.sent.v1' | 'appeal.filed.v1' | 'appeal.decided.v1'

const tellLetter = (event: StoredEvent<Letter>): Told => {
  switch (event.type) {
    case 'notice.sent.v1': {
      const { decisionId, appealId, channel, template } = event.data
      const about = decisionId === undefined ? `the answer to appeal ${appealId}` : `decision ${decisionId}`
      return {
        headline: `notice of ${about} sent by ${channel}`,
        details: [`template ${template.id} ${template.version}, ${template.language}`],
      }
    }
    case 'appeal.filed.v1':
      return { headline: `appeal ${event.data.appealId} against ${event.data.decisionId}`, details: [] }
    case 'appeal.decided.v1': {
      const { appealId, decisionId, outcome, reviewer, reasons = [] } = event.data
      return {
        headline: `appeal ${appealId} against ${decisionId} answered: ${outcome.toUpperCase()}`,
        details: [
          `by ${actor(reviewer)}; ${reasons.length === 0 ? 'no reasons given' : `reasons: ${list(reasons)}`}`,
        ],
      }
    }
  }
}

const texts: Readonly<Record<Letter, string>> = {
  'notice.sent.v1': 'the statement of reasons',
  'appeal.filed.v1': 'the text',
  'appeal.decided.v1': 'the text',
} satisfies Partial<Record<EventType, string>>

const quotedFrom = (event: StoredEvent<Letter>, story: Story): ReadonlyArray<string> => {
  const text = story.texts.get(identityOf(event))
  if (text === undefined) return [`(${texts[event.type]} is not on record)`]
  if (text.kind === 'erased') return [`(${texts[event.type]} was erased with the account\u2019s key)`]
  return text.text.split(/\r\n|\n|\r/)
}
