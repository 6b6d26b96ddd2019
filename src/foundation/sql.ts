/** A text as a literal of SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name as an identifier of SQL. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The type of a column that holds one of a few words. */
export const sqlEnum = (words: ReadonlyArray<string>): string => `ENUM (${words.map(sqlText).join(', ')})`
