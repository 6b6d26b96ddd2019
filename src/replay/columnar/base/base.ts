import type { ProjectionCursor } from '../../../projection/progress.ts'
import type { Correction } from '../../correction/correction.ts'
import type { Counted } from '../../result/counts.ts'
import type { JudgedPart } from '../../result/judge-part.ts'
import type { ToDo } from '../../result/lists.ts'
import type { RestingElsewhere } from '../../result/resting-elsewhere.ts'
import { collectRows, type SortedRows } from '../../result/sorted-rows.ts'
import type { FoundLinks } from '../whole.ts'

/** Raise it with any change of what a replay reports (version.test.ts notices many), or of how a base is kept. */
const VERSION = 2

/** What a base was made from. */
export type BaseOrigin = {
  readonly version: typeof VERSION
  readonly rulesetId: string
  /** SHA-256 of the published versions, by effectiveFrom. */
  readonly versions: string
  /** How the history's tables are made: accounts have their numbers. */
  readonly history: string
  /** The last event that it includes. */
  readonly cursor: ProjectionCursor
  /** The latest occurredAt, in ms. */
  readonly end: number | null
}

/** Whether two bases differ in nothing but how far they go. */
export const isSameBase = (
  a: Omit<BaseOrigin, 'cursor' | 'end' | 'version'>,
  b: Omit<BaseOrigin, 'cursor' | 'end'>,
): boolean =>
  b.version === VERSION && a.rulesetId === b.rulesetId && a.history === b.history && a.versions === b.versions

export const baseOrigin = (origin: Omit<BaseOrigin, 'version'>): BaseOrigin => ({
  version: VERSION,
  ...origin,
})

/** What is kept of a row besides its text. */
export type Note = Pick<ToDo, 'now' | 'content' | 'causes' | 'voids'>

/** The result of a replay by the rules as they were: what a correction changes a few rows of. */
export type Base = {
  readonly origin: BaseOrigin
  readonly rows: SortedRows
  /** The number of each row's account. */
  readonly accounts: Int32Array
  /** Which of `shapes` each row has. */
  readonly shapeOf: Uint32Array
  readonly shapes: ReadonlyArray<Counted>
  /** Of the rows that have a remedy or causes, by index. */
  readonly notes: ReadonlyMap<number, Note>
  readonly resting: ReadonlyArray<RestingElsewhere & { readonly accountNo: number }>
  readonly links: FoundLinks
}

/** The correction whose replay is the base of all others of a ruleset. */
export const baseCorrection = (rulesetId: string): Correction => ({
  document: null,
  rules: { kind: 'as_they_were', rulesetId },
  withdrawals: [],
  rescored: 'ignore',
})

/** Collects a base from judged parts. */
export const collectBase = () => {
  const rows = collectRows()
  const accounts: number[] = []
  const shapes = shapeTable()
  const shapeOf: number[] = []
  const notes = new Map<number, Note>()
  const resting: Base['resting'][number][] = []
  return {
    add: (part: JudgedPart, numberOf: (account: string) => number): void => {
      for (const { row, place, ...note } of part.rows) {
        if (row.remedy !== 'none' || note.causes.length > 0) notes.set(accounts.length, note)
        accounts.push(numberOf(row.account))
        shapeOf.push(shapes.indexOf(row))
        rows.add(row, place)
      }
      for (const found of part.resting) {
        resting.push({ ...found, accountNo: numberOf(found.decision.account) })
      }
    },
    finish: (origin: BaseOrigin, links: FoundLinks): Base => {
      const { rows: sorted, added } = rows.finish()
      const noted = new Map<number, Note>()
      added.forEach((at, index) => {
        const note = notes.get(at)
        if (note !== undefined) noted.set(index, note)
      })
      return {
        origin,
        rows: sorted,
        accounts: Int32Array.from(added, (at) => accounts[at] ?? 0),
        shapeOf: Uint32Array.from(added, (at) => shapeOf[at] ?? 0),
        shapes: shapes.all,
        notes: noted,
        ...{ resting, links },
      }
    },
  }
}

/** The different ways in which rows are counted; there are few. */
export const shapeTable = (known: ReadonlyArray<Counted> = []) => {
  const all: Counted[] = []
  const indexes = new Map<string, number>()
  const indexOf = (row: Counted): number => {
    const key = `${row.decisionId === null} ${row.class} ${row.remedy} ${row.facts.join(' ')}`
    const found = indexes.get(key)
    if (found !== undefined) return found
    const { class: cls, remedy, facts } = row
    all.push({ decisionId: row.decisionId === null ? null : '', class: cls, remedy, facts })
    indexes.set(key, all.length - 1)
    return all.length - 1
  }
  known.forEach(indexOf)
  return { all: all as ReadonlyArray<Counted>, indexOf }
}
