/** A text as an SQL literal. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name as an SQL identifier. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The type of a column that holds one of a few words. */
export const sqlEnum = (words: ReadonlyArray<string>): string => `ENUM (${words.map(sqlText).join(', ')})`
