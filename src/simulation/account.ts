import type * as t from 'io-ts'
import type { IncomingEvent, PublishedType } from '../domain/event.ts'
import type { HoldSpan } from '../domain/hold.ts'
import type { Restriction } from '../domain/parts.ts'
import { type Clock, DAY, end, start, tick } from './calendar.ts'
import type { SimulatedPolicy } from './policies.ts'
import { hex8, mix32, type Random } from './random.ts'
import type { RightChange } from './rulesets.ts'
import type { Language, Theme } from './words/themes.ts'

/** A type of the domain without its brands: what a simulated service writes before anyone has checked it. */
type Plain<T> =
  T extends t.Brand<infer _>
    ? string
    : T extends ReadonlyArray<infer U>
      ? ReadonlyArray<Plain<U>>
      : T extends object
        ? { readonly [K in keyof T]: Plain<T[K]> }
        : T
export type DataOf<T extends PublishedType> = Plain<IncomingEvent<T>['data']>

export type Service = { readonly source: string; readonly clock: Clock }

/** Takes what a service publishes; `at` is what its clock says; `sentAt`, if it sends it much later. */
export type Publish = <T extends PublishedType>(
  subject: string,
  service: Service,
  type: T,
  at: number,
  data: DataOf<T>,
  sentAt?: number,
) => void

/** What an account is on. */
type Platform = {
  readonly publish: Publish
  /** What its rules rightly change on April 28. */
  readonly change: RightChange | null
  readonly policies: ReadonlyArray<SimulatedPolicy>
  /** What its services are asked not to act on. */
  readonly holds: ReadonlyArray<HoldSpan>
  /** What retired versions of detectors need that go on looking at some of the content; null: they do not. */
  readonly onlooker: { readonly random: Random; readonly publish: Publish } | null
}

/**
 * What the simulator knows of a flag because it made it: it holds; it falls (a fault that it injected); or the record
 * is insufficient to decide.
 */
export type FlagTruth = 'holds' | 'falls' | 'unclear'

export type SimulatedContent = { readonly id: string; readonly kind: string; readonly createdAt: string }

export type SimulatedFlag = {
  readonly id: string
  readonly account: string
  readonly at: number
  /** By what and whom it was raised. */
  readonly names: Pick<DataOf<'flag.raised.v1'>, 'rule' | 'ruleset' | 'detector'>
  readonly category: string
  readonly strikes: number
  /** When its strikes end (ms since the epoch); null: never. */
  readonly expiresAt: number | null
  readonly removes: boolean
  readonly content: SimulatedContent | null
  readonly standing: FlagTruth
  /** The withdrawal of the correction that lists it; null: none does. */
  readonly listedIn: string | null
  /** It is unclear because it is withdrawn, and a fixed detector that looks again would settle it. */
  readonly awaitsRescoring: boolean
  /** When a dismissal, a reversal or a successful appeal removed it from every later decision. */
  voidedAt: number | null
}

/** Whether the rightful rules ask for a decision: yes, no, or the record is insufficient to decide. */
type DecisionTruth = 'yes' | 'no' | 'unclear'

/** A decision, with what has become of it so far. */
export type SimulatedDecision = {
  readonly id: string
  readonly account: string
  readonly kind: 'deactivation' | 'removal'
  readonly at: number
  readonly content: SimulatedContent | null
  readonly restriction: Restriction | null
  readonly grounds: ReadonlyArray<SimulatedFlag>
  /** False for another ruleset's decisions, which remain as recorded. */
  readonly judged: boolean
  readonly warranted: DecisionTruth
  /** Another ruleset's decision that would not exist without a wrong one. */
  readonly restsOnWrong: boolean
  /** The restriction that the rightful rules ask for; null if none. */
  readonly deserved: Restriction | null
  /** Certainly or possibly too severe; only if `warranted` is yes. */
  readonly severity: 'as deserved' | 'too severe' | 'perhaps too severe'
  /** Restriction and end after the last change. */
  now: { restriction: Restriction | null; until: number | null }
  reversedAt: number | null
  expired: boolean
  appealWon: boolean
  /** An appeal called for a change that has not been made. */
  changeOwed: boolean
}

/** An account, with what the services and the simulator know about it. */
export type SimulatedAccount = Platform & {
  readonly id: string
  readonly hex: string
  readonly random: Random
  readonly index: number
  readonly bornAt: number
  /** Hours ahead of UTC. */
  readonly zone: number
  readonly language: Language
  readonly theme: Theme
  readonly flags: Array<SimulatedFlag>
  readonly decisions: Array<SimulatedDecision>
  /** How many flags, decisions, appeals… and contents it has, to number their ids. */
  readonly counters: { things: number; contents: number }
}

export type Person = {
  readonly language: Language
  readonly theme: Theme
  /** Days before the simulation's start; negative: it signs up later. */
  readonly age: number
}

const ZONES = [-8, -7, -6, -5, -5, -3, 0, 1, 1, 1, 2, 3, 5, 9] as const

/** Opens an account with an opaque id; `salt` makes ids differ between seeds. */
export const openAccount = (
  index: number,
  salt: number,
  random: Random,
  platform: Platform,
  person: Person,
): SimulatedAccount => {
  const hex = hex8(mix32(index ^ salt))
  return {
    ...platform,
    id: `u${hex}`,
    hex,
    random,
    index,
    bornAt: start - person.age * DAY + random.below(DAY),
    zone: random.pick(ZONES),
    language: person.language,
    theme: person.theme,
    flags: [],
    decisions: [],
    counters: { things: 0, contents: 0 },
  }
}

/** A new id for a flag, a decision, an appeal, a notice… of an account. */
export const newId = (account: SimulatedAccount, prefix: string): string => {
  account.counters.things++
  return `${prefix}-${account.hex}-${account.counters.things}`
}

/** Publishes, unless the simulation ends first; returns whether it did. `sentAt`: when, if much later than `at`. */
export const publish = <T extends PublishedType>(
  account: SimulatedAccount,
  service: Service,
  type: T,
  at: number,
  data: DataOf<T>,
  sentAt?: number,
): boolean => {
  if (at > end) return false
  account.publish(account.id, service, type, tick(service.clock, at), data, sentAt)
  return true
}

/** Whether a deactivation restricts the account at an instant, rightly or not. */
export const isDown = (account: SimulatedAccount, at: number): boolean =>
  account.decisions.some(
    (decision) =>
      decision.kind === 'deactivation' &&
      decision.at <= at &&
      (decision.reversedAt === null || decision.reversedAt > at) &&
      (decision.now.until === null || decision.now.until > at),
  )
