/** The width of the terminal on stdout, in columns; null if stdout is not a terminal. */
export const terminalWidth = (): number | null =>
  // Some terminals do not report their width: assume 80.
  process.stdout.isTTY ? process.stdout.columns || 80 : null
