import { hash } from 'node:crypto'
import type { Projection } from '../../projections/projection.ts'

/** How a projection's tables were made. */
export type MadeAs = {
  readonly name: string
  readonly version: number
  /** Of its columns and views, whatever its version (see `definitionHash`). */
  readonly definition: string
}

/** The SHA-256 of what makes tables and views: it changes with any column, type or view, whoever forgot to raise a version. */
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
