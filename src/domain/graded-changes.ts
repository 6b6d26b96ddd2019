import { assertNever } from '../foundation/assert-never.ts'
import { onlyInforms, type StoredEvent } from './event.ts'
import type { Restriction } from './parts.ts'
import { instantOf } from './time.ts'

type Made = StoredEvent<'account.deactivated.v1' | 'content.removed.v1'>

/** What a decision does: the restriction (null: a removal of content), and when it ends in ms (null: it has no end). */
export type Terms = { readonly restriction: Restriction | null; readonly until: number | null }

/** A change of a decision, compared with what applied until then. */
export type GradedChange = {
  readonly event: StoredEvent<'decision.changed.v1'>
  /** In ms. */
  readonly at: number
  readonly before: Terms
  readonly after: Terms
  /** It restricts more, or for longer. Never true after the decision was reversed. */
  readonly isHarsher: boolean
  readonly isMilder: boolean
}

/** An event, and its place in the order in which events became known. */
export type EventInLedgerOrder = { readonly event: StoredEvent; readonly sequence: number }

/**
 * The changes of each of an account's decisions (by its id), each compared with what was known when it became known
 * itself: later arrivals never change its grade. `ordered` are the account's events in the order of replay.
 */
export const gradeChanges = (
  decisions: Iterable<Made>,
  ordered: ReadonlyArray<EventInLedgerOrder>,
): ReadonlyMap<string, ReadonlyArray<GradedChange>> => {
  const courses = new Map<string, Course>(
    Array.from(decisions, (made) => [made.data.decisionId, begun(made)]),
  )
  for (const { event, sequence } of ordered) {
    if (onlyInforms(event)) continue
    switch (event.type) {
      case 'decision.changed.v1': {
        const course = courses.get(event.data.decisionId)
        if (course !== undefined) course.changes.push(graded(course, event, sequence))
        break
      }
      case 'account.reinstated.v1':
      case 'content.restored.v1':
        for (const decisionId of event.data.decisionIds) {
          const course = courses.get(decisionId)
          if (course !== undefined) course.reversed = Math.min(course.reversed, sequence)
        }
        break
      case 'flag.raised.v1':
      case 'flag.rescored.v1':
      case 'flag.dismissed.v1':
      case 'content.evaluated.v1':
      case 'content.removed.v1':
      case 'account.deactivated.v1':
      case 'notice.received.v1':
      case 'appeal.filed.v1':
      case 'appeal.decided.v1':
      case 'ruleset.published.v1':
        break // changes no decision
      default:
        assertNever(event, 'type of event')
    }
  }
  return new Map(Array.from(courses, ([decisionId, { changes }]) => [decisionId, changes]))
}

/** Whether terms restrict more than others, or for longer. */
const exceeds = (a: Terms, b: Terms): boolean =>
  (a.restriction === 'terminated' && b.restriction === 'suspended') || endsLater(a, b)

/** Whether terms end later than others, or not at all. */
export const endsLater = (a: Terms, b: Terms): boolean =>
  (a.until ?? Number.POSITIVE_INFINITY) > (b.until ?? Number.POSITIVE_INFINITY)

/** What became of a decision so far, in the order of replay. */
type Course = {
  readonly restrictions: Known<Restriction | null>
  readonly ends: Known<number | null>
  /** The lowest sequence of its reversals. */
  reversed: number
  readonly changes: GradedChange[]
}

const begun = (made: Made): Course => {
  const ban = made.type === 'account.deactivated.v1' ? made.data : null
  return {
    restrictions: startKnown(ban?.restriction ?? null),
    ends: startKnown(ban?.until === undefined ? null : instantOf(ban.until)),
    reversed: Number.POSITIVE_INFINITY,
    changes: [],
  }
}

const graded = (
  { restrictions, ends, reversed }: Course,
  event: GradedChange['event'],
  sequence: number,
): GradedChange => {
  const { restriction, until } = event.data
  const before = { restriction: restrictions.at(sequence), until: ends.at(sequence) }
  const after = {
    // A content removal restricts no account.
    restriction: before.restriction === null ? null : (restriction ?? before.restriction),
    until: until === undefined ? before.until : until === null ? null : instantOf(until),
  }
  if (restriction !== undefined) restrictions.add(sequence, after.restriction)
  if (until !== undefined) ends.add(sequence, after.until)
  const isInForce = reversed > sequence
  return {
    event,
    at: instantOf(event.time),
    before,
    after,
    isHarsher: isInForce && exceeds(after, before),
    isMilder: isInForce && exceeds(before, after) && !exceeds(after, before),
  }
}

/** Values that are added in one order and became known in another. */
type Known<A> = {
  /** The last added of the values that were known by then. */
  readonly at: (sequence: number) => A
  readonly add: (sequence: number, value: A) => void
}

const startKnown = <A>(first: A): Known<A> => {
  // A value that became known later than one added after it is never needed again, so sequences rise.
  const values: { readonly sequence: number; readonly value: A }[] = []
  const before = (sequence: number): number => {
    let low = 0
    let high = values.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((values[middle]?.sequence ?? 0) < sequence) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    at: (sequence) => {
      const last = values[before(sequence) - 1]
      return last === undefined ? first : last.value
    },
    add: (sequence, value) => {
      values.length = before(sequence)
      values.push({ sequence, value })
    },
  }
}
