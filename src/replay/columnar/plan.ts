/** A step of a replay over columns, for people who want to know what it does. */
export type PlanStep = {
  /** What was found or done. */
  readonly what: string
  readonly found: number
  readonly unit: 'account' | 'event' | 'row'
  /** The query; null: it was not done in SQL. */
  readonly sql: string | null
}
