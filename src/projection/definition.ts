import { hash } from 'node:crypto'
import type { Projection } from '../../projections/projection.ts'

/** The identity of a projection's tables. */
export type MadeAs = {
  readonly name: string
  readonly version: number
  /** The hash of its columns and views, independent of its version (see `definitionHash`). */
  readonly definition: string
}

/** The SHA-256 of the definition of tables and views: it changes with any column, type or view, even without a new version. */
export const definitionHash = (...parts: ReadonlyArray<unknown>): string =>
  hash('sha256', JSON.stringify(parts), 'hex')

/** How this Redress makes a projection. */
export const madeAs = ({ name, version, columns, views }: Projection): MadeAs => ({
  name,
  version,
  definition: definitionHash(
    Object.entries(columns).map(([column, { type }]) => [column, type]),
    views.map(({ sql }) => sql),
  ),
})
