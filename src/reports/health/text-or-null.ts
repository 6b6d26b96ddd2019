/** A text in a row from DuckDB; null if there is none. */
export const textOrNull = (value: unknown): string | null => (value == null ? null : String(value))
