import { canonical } from '../../foundation/canonical.ts'
import { afterUnit, type EDetector, evidenceIn, noEvidence } from '../../foundation/statistics/e-detector.ts'
import type { Alarm, AlarmFamily, Suspects, Unit, UnitEvent } from './alarm.ts'

/** A unit that an account gave. The event is kept if it was 1. */
type Given = { readonly at: number; readonly one: UnitEvent | null }

/** An alarm of which people were told, and how many accounts it named; `first`: the one that it repeats, or itself. */
type Told = { readonly first: string; readonly since: number; readonly accounts: number }

type Key = {
  readonly family: AlarmFamily
  readonly key: Suspects
  detector: EDetector
  units: number
  told: Told | null
  /** By account: what it gave in the last 24 hours, in order. */
  readonly given: Map<string, Given>
}

/** A key as JSON. */
export type SavedKey = Omit<Key, 'given'> & {
  readonly given: ReadonlyArray<readonly [account: string, given: Given]>
}

/** One detector for each key. An account gives it one unit in 24 hours: a burst of one account says no more than one. */
export type AlarmKeys = {
  /** Whether a unit of an account counts at a moment (ms). */
  readonly isFree: (unit: Pick<Unit, 'family' | 'key' | 'at'>, account: string) => boolean
  /** Adds a unit that counts; returns the alarm if it sounds. `now` is by the clock of the ledger. */
  readonly add: (
    unit: Unit,
    threshold: number,
    now: { readonly at: number; readonly sequence: number },
  ) => Alarm | null
  /** Forgets what accounts gave 24 hours before a moment, or earlier. */
  readonly forget: (at: number) => void
  readonly saved: () => ReadonlyArray<SavedKey>
}

const DAY = 86_400_000
/** How many events an alarm names. */
const NAMED = 10
/** The most keys; of more, those that had no unit for longest are forgotten. A faulty service may invent any number. */
const MOST_KEYS = 10_000

export const alarmKeys = (saved: ReadonlyArray<SavedKey> = []): AlarmKeys => {
  // In the order of their last unit.
  const keys = new Map<string, Key>(saved.map((key) => [keyOf(key), { ...key, given: new Map(key.given) }]))

  const used = (unit: Unit): Key => {
    const name = keyOf(unit)
    const { family, key } = unit
    const found = keys.get(name) ?? {
      ...{ family, key, detector: noEvidence, units: 0, told: null },
      given: new Map<string, Given>(),
    }
    keys.delete(name)
    keys.set(name, found)
    for (const oldest of keys.keys()) {
      if (keys.size <= MOST_KEYS) break
      keys.delete(oldest)
    }
    return found
  }

  return {
    isFree: (unit, account) => {
      const before = keys.get(keyOf(unit))?.given.get(account)
      return before === undefined || before.at <= unit.at - DAY
    },
    add: (unit, threshold, now) => {
      const key = used(unit)
      const { event, isOne, p0, at } = unit
      key.detector = afterUnit(key.detector, isOne, p0)
      key.units++
      forgetGiven(key, at)
      key.given.delete(event.account)
      key.given.set(event.account, { at, one: isOne ? event : null })
      const statistic = evidenceIn(key.detector)
      if (statistic < threshold) return null
      const alarm = { ...sounded(key, unit, now), statistic, threshold }
      key.detector = noEvidence
      key.units = 0
      return alarm
    },
    forget: (at) => {
      for (const key of keys.values()) forgetGiven(key, at)
    },
    saved: () => Array.from(keys.values(), (key) => ({ ...key, given: [...key.given] })),
  }
}

/** The alarm of a key, and what people know of it from now on. */
const sounded = (
  key: Key,
  { family, event }: Unit,
  { at, sequence }: { readonly at: number; readonly sequence: number },
): Omit<Alarm, 'statistic' | 'threshold'> => {
  // Of its last unit's event: several units may be known by one event.
  const alarmId = canonical({ family, key: key.key, sequence: event.sequence }).sha256
  const ones = Array.from(key.given.values()).flatMap(({ one }) => one ?? [])
  const before = key.told !== null && key.told.since > at - DAY ? key.told : null
  const accounts = ones.length
  const isTold = before === null || accounts >= 2 * before.accounts
  if (isTold) key.told = { first: before?.first ?? alarmId, since: before?.since ?? at, accounts }
  return {
    ...{ alarmId, family, key: key.key, units: key.units, at, sequence, accounts, isTold },
    first: ones.slice(0, NAMED),
    repeats: before?.first ?? null,
  }
}

const forgetGiven = ({ given }: Key, at: number): void => {
  for (const [account, one] of given) {
    if (one.at > at - DAY) break
    given.delete(account)
  }
}

/** Ids have no spaces. */
const keyOf = ({ family, key }: Pick<Unit, 'family' | 'key'>): string => {
  if ('decidedBy' in key) return `${family} ${key.decidedBy.kind} ${key.decidedBy.id}`
  const detector = 'detector' in key ? ` ${key.detector.id} ${key.detector.version}` : ''
  return 'rule' in key
    ? `${family} ${key.ruleset} ${key.version} ${key.rule}${detector}`
    : `${family}${detector}`
}
