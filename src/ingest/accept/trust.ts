import type { IncomingEvent, PublishedType } from '../../domain/event.ts'
import { type Rejection, rejection } from './rejection.ts'

/**
 * The types that a topic may deliver only from sources that an operator names, and what their events are called. They
 * change how others' decisions are judged, or end a request: the rules apply to everybody, a rescoring replaces evidence, an
 * audit says who is at fault, and whoever is declined stays banned.
 */
const trustedWords = {
  'ruleset.published.v1': 'rulesets',
  'flag.rescored.v1': 'rescorings',
  'decision.audited.v1': 'audits',
  'reinstatement.declined.v1': 'declined requests',
} as const satisfies { readonly [T in PublishedType]?: string }

export type TrustedType = keyof typeof trustedWords

// Cast: the keys of a constant object are those of its type.
export const trustedTypes = Object.keys(trustedWords) as ReadonlyArray<TrustedType>

/** A CloudEvents source whose events of one type are accepted from a topic. */
export type TrustedSource = { readonly type: TrustedType; readonly source: string }

/** Whose events of those types are accepted: those of these sources, or `all` if an operator supplies the events. */
export type Trust = 'all' | ReadonlyArray<TrustedSource>

/** `flag.rescored` of `flag.rescored.v1`: how `--trust-source` names it. */
export const unversioned = (type: TrustedType): string => type.replace(/\.v\d+$/, '')

/** Why an event is not accepted from its source; undefined if it is. */
export const untrusted = ({ type, source }: IncomingEvent, trust: Trust): Rejection | undefined => {
  if (trust === 'all' || !isTrustedType(type)) return undefined
  if (trust.some((trusted) => trusted.type === type && trusted.source === source)) return undefined
  return rejection(
    'untrusted',
    'source',
    `${source} is not trusted to publish ${trustedWords[type]}; if it should be, name it with ` +
      `--trust-source ${unversioned(type)}=SOURCE`,
  )
}

const isTrustedType = (type: PublishedType): type is TrustedType => Object.hasOwn(trustedWords, type)
