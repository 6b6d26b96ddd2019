/** Names as DuckDB compares them: without regard to the case of ASCII letters, and of no others. */
export const folded = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
