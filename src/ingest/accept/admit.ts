import type { Buffer } from 'node:buffer'
import * as E from '#fp/Either'
import { type DecodeError, describeDecodeError } from '../../domain/codec.ts'
import { decodeIncoming } from '../../domain/decode.ts'
import type { IncomingEvent } from '../../domain/event.ts'
import { instantOf } from '../../domain/time.ts'
import { type PreparedEvent, prepare } from '../../ledger/event/prepare.ts'
import { compileRuleset, describeProblem } from '../../rulesets/document.ts'
import { withBase64Data } from './base64-data.ts'
import { parseJson } from './json.ts'
import { type Rejection, type RejectionCode, rejection } from './rejection.ts'
import { type Trust, untrusted } from './trust.ts'
import { withoutRehearsal } from './without-rehearsal.ts'

/**
 * An event that may enter the ledger, and what of it is dropped: the names of CloudEvents extensions, and the paths of
 * fields.
 */
export type Admitted = { readonly prepared: PreparedEvent; readonly dropped: ReadonlyArray<string> }

/** How far ahead of the ledger's clock an event's time may be, in ms: the clocks of services differ. */
const CLOCK_TOLERANCE = 5 * 60_000

/** What an event is checked against. */
export type AdmissionPolicy = {
  /** The ledger's clock, in ms since the epoch. */
  readonly now: number
  readonly trust: Trust
  /** Whether the events are of the past, and stored as such; absent: no. */
  readonly backfill?: boolean
}

/**
 * Turns one published event, from the raw bytes (`start` to `end`), into what the ledger appends. Only `time` is
 * compared with the ledger's clock: what a ruleset or a suspension announces (`effectiveFrom`, `until`) may be in the
 * future.
 */
export const admit = (
  bytes: Buffer,
  { now, trust, backfill = false }: AdmissionPolicy,
  start = 0,
  end = bytes.length,
): E.Either<Rejection, Admitted> => {
  const parsed = parseJson(bytes, start, end)
  if (E.isLeft(parsed)) return parsed
  const whole = withBase64Data(parsed.right)
  if (E.isLeft(whole)) return whole
  const { json, removed } = withoutRehearsal(whole.right)
  const decoded = decodeIncoming(json)
  if (E.isLeft(decoded)) return E.left(refusedAs('invalid', decoded.left))
  const { event } = decoded.right
  const refused = untrusted(event, trust) ?? aheadOfClock(event, now) ?? unfitRuleset(event)
  if (refused !== undefined) return E.left(refused)
  const prepared = prepare(event, { backfill })
  if (E.isLeft(prepared)) return E.left(refusedAs('too_large', [prepared.left]))
  return E.right({ prepared: prepared.right, dropped: [...removed, ...decoded.right.dropped] })
}

const aheadOfClock = ({ time }: IncomingEvent, now: number): Rejection | undefined => {
  const ahead = instantOf(time) - now
  if (ahead <= CLOCK_TOLERANCE) return undefined
  return rejection(
    'ahead_of_clock',
    'time',
    `${Math.ceil(ahead / 1000)} seconds ahead of the ledger's clock (at most 300 allowed); ` +
      'correct the clock of the sender, or resubmit after that time',
  )
}

/**
 * A ruleset that could not be replayed must not enter: its document must compile and be the one that the event names.
 */
const unfitRuleset = (event: IncomingEvent): Rejection | undefined => {
  if (event.type !== 'ruleset.published.v1') return undefined
  const { document, ruleset } = event.data
  const compiled = compileRuleset(document)
  if (E.isLeft(compiled)) {
    const [first, ...others] = compiled.left
    if (first === undefined) return rejection('bad_ruleset', 'data.document', 'does not compile')
    const path = first.path === '' || first.path.startsWith('[') ? first.path : `.${first.path}`
    return rejection(
      'bad_ruleset',
      `data.document${path}`,
      describeProblem({ ...first, path: '' }) + andOthers(others.map(describeProblem)),
    )
  }
  const { id, version } = compiled.right
  if (id !== ruleset.id) {
    return rejection('bad_ruleset', 'data.document.ruleset', `is ${id}, but data.ruleset.id is ${ruleset.id}`)
  }
  if (version !== ruleset.version) {
    return rejection(
      'bad_ruleset',
      'data.document.version',
      `is ${version}, but data.ruleset.version is ${ruleset.version}`,
    )
  }
  return undefined
}

const refusedAs = (code: RejectionCode, problems: ReadonlyArray<DecodeError>): Rejection => {
  const [first, ...others] = problems
  if (first === undefined) return rejection(code, '', 'refused')
  const rest = others.map(describeDecodeError)
  return rejection(code, first.path, first.problem + andOthers(rest))
}

/** The next two problems in words, the others counted. */
const andOthers = (problems: ReadonlyArray<string>): string => {
  const told = problems.slice(0, 2).map((problem) => `; ${problem}`)
  const untold = problems.length - told.length
  return `${told.join('')}${untold === 0 ? '' : `; and ${untold} more`}`
}
