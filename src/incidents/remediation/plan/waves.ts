import { hash } from 'node:crypto'
import * as E from '#fp/Either'
import { quoted } from '../../../foundation/text/quoted.ts'
import { componentsOf } from '../../../replay/reference/components.ts'

/** How many accounts are put back by the end of a wave: so many, or a percentage of all. */
export type WaveStep = { readonly kind: 'accounts' | 'percent'; readonly value: number }

/** As `10,100,1%,10%,100%`; the error says what to do. */
export const parseWaves = (text: string): E.Either<string, ReadonlyArray<WaveStep>> => {
  const steps: WaveStep[] = []
  for (const written of text.split(',')) {
    const [, digits, percent] = /^([1-9]\d{0,14})(%?)$/.exec(written.trim()) ?? []
    const value = Number(digits)
    if (digits === undefined || (percent === '%' && value > 100)) {
      return E.left(
        `expected numbers of accounts and percentages up to 100%, such as 10,100,10%,100%, not ${quoted(text)}`,
      )
    }
    steps.push({ kind: percent === '%' ? 'percent' : 'accounts', value })
  }
  const last = steps.at(-1)
  return last?.kind === 'percent' && last.value === 100
    ? E.right(steps)
    : E.left('the last wave must be 100%: nobody may be left behind')
}

/** An account, and those whose decisions its own rest on; only such as are in the same plan. */
export type Waiting = { readonly account: string; readonly after: ReadonlyArray<string> }

export type Waves = {
  /** From 1, by account. */
  readonly waveOf: ReadonlyMap<string, number>
  /** How many accounts are in each wave and those before it. */
  readonly ends: ReadonlyArray<number>
}

/**
 * Divides accounts into waves, in the order of the SHA-256 of their ids, but each only after those that it rests on. Accounts
 * that rest on each other come in one wave. A step that is not larger than the one before is left out.
 */
export const divideIntoWaves = (waiting: ReadonlyArray<Waiting>, steps: ReadonlyArray<WaveStep>): Waves => {
  const groups = inOrder(waiting)
  const ends = endsOf(steps, waiting.length)
  const waveOf = new Map<string, number>()
  const sizes = ends.map(() => 0)
  let placed = 0
  for (const group of groups) {
    placed += group.length
    const index = ends.findIndex((end) => placed <= end)
    sizes[index] = (sizes[index] ?? 0) + group.length
    for (const account of group) waveOf.set(account, index)
  }
  return numbered(waveOf, sizes)
}

/** The steps as cumulative numbers of accounts, each larger than the one before; percentages are rounded up. */
const endsOf = (steps: ReadonlyArray<WaveStep>, accounts: number): ReadonlyArray<number> => {
  const ends: number[] = []
  for (const { kind, value } of steps) {
    const wanted = kind === 'percent' ? Math.ceil((accounts * value) / 100) : value
    const end = Math.min(wanted, accounts)
    if (end > (ends.at(-1) ?? 0)) ends.push(end)
  }
  return ends
}

/** A group on the edge of a wave goes into the next one, which may leave a wave without accounts: it is left out. */
const numbered = (indexOf: ReadonlyMap<string, number>, sizes: ReadonlyArray<number>): Waves => {
  const numbers: number[] = []
  const ends: number[] = []
  let sum = 0
  for (const size of sizes) {
    sum += size
    if (size > 0) ends.push(sum)
    numbers.push(ends.length)
  }
  return { waveOf: new Map([...indexOf].map(([account, index]) => [account, numbers[index] ?? 0])), ends }
}

/** Accounts in the order of their waves: those that rest on each other, over any number of steps, as one group. */
const inOrder = (waiting: ReadonlyArray<Waiting>): ReadonlyArray<ReadonlyArray<string>> => {
  const sorted = waiting
    .map(({ account, after }) => ({ account, after, key: hash('sha256', account, 'hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const indexOf = new Map(sorted.map(({ account }, index) => [account, index]))
  const edges = sorted.map(({ after }) => after.flatMap((root) => indexOf.get(root) ?? []))
  const component = componentsOf(edges)
  const members = Map.groupBy(sorted.keys(), (index) => component[index] ?? 0)
  /** How many groups each group still waits for, and which wait for it. */
  const missing = new Map<number, Set<number>>()
  const dependents = new Map<number, number[]>()
  for (const [index, roots] of edges.entries()) {
    const own = component[index] ?? 0
    for (const root of roots) {
      const on = component[root] ?? 0
      if (on === own || missing.get(own)?.has(on) === true) continue
      missing.set(own, (missing.get(own) ?? new Set()).add(on))
      const others = dependents.get(on)
      if (others === undefined) dependents.set(on, [own])
      else others.push(own)
    }
  }
  const groups: string[][] = []
  const due = new Set<number>()
  const place = (first: number): void => {
    const open = [first]
    for (let group = open.pop(); group !== undefined; group = open.pop()) {
      groups.push((members.get(group) ?? []).map((index) => sorted[index]?.account ?? ''))
      for (const dependent of dependents.get(group) ?? []) {
        missing.get(dependent)?.delete(group)
        if (missing.get(dependent)?.size === 0 && due.has(dependent)) open.push(dependent)
      }
    }
  }
  const seen = new Set<number>()
  for (const index of sorted.keys()) {
    const group = component[index] ?? 0
    if (seen.has(group)) continue
    seen.add(group)
    if ((missing.get(group)?.size ?? 0) === 0) place(group)
    else due.add(group)
  }
  return groups
}
