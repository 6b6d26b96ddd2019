/** A text of a row that DuckDB gave; null where it is none. */
export const textOrNull = (value: unknown): string | null => (value == null ? null : String(value))
