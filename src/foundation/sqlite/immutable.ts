/** The triggers of a table whose rows are never changed or deleted, whatever tool tries. */
export const immutable = (table: string): ReadonlyArray<string> =>
  ['UPDATE', 'DELETE'].map(
    (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table}
      BEGIN SELECT RAISE(ABORT, '${table} are never changed or deleted'); END`,
  )
