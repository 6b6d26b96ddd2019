import { oneOf } from '../../../domain/codec.ts'
import { Restriction } from '../../../domain/parts.ts'
import { rowClasses } from '../../../replay/result/counts.ts'
import { type ConditionScope, type Field, namesBelow } from '../../../rulesets/cel/scope.ts'
import type { ExceptableRow } from './exception.ts'

const text = { type: 'string', optional: false } as const

const fields = {
  account: text,
  kind: { ...text, words: oneOf('deactivation', 'removal', 'flags') },
  class: { ...text, optional: true, words: oneOf(...rowClasses) },
  restriction: { ...text, optional: true, words: Restriction },
} satisfies Partial<Record<keyof ExceptableRow, Field>>

const names = new Map<string, Field>(Object.entries(fields))
// Cast: the keys of a constant object are those of its type.
const inOrder = Object.keys(fields) as ReadonlyArray<keyof typeof fields>

/** What conditions over a plan's rows read: `row.account`, `.kind`, `.class` and `.restriction`, all strings. */
export const rowScope: ConditionScope<ExceptableRow> = {
  roots: new Map([['row', { fields: names }]]),
  instead: new Map([
    ['has', 'has() takes row.class or row.restriction'],
    ['null', 'use has(row.class) or has(row.restriction)'],
  ]),
  binder: ({ values, presences }, missing) => {
    const read = namesBelow('row', values)
    const among = inOrder.filter((name) => read.includes(name))
    const asks = presences.size > 0
    return (row, variables) => {
      for (const name of among) variables[`row.${name}`] = row[name] ?? missing
      if (asks) {
        variables.row = new Map(
          inOrder.flatMap((name) => {
            const value = row[name]
            return value === null ? [] : [[name, value]]
          }),
        )
      }
    }
  },
}
