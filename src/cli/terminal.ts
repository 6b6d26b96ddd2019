/** How many columns the terminal has that stdout is; null: stdout is none. */
export const terminalWidth = (): number | null =>
  // Some terminals do not tell: 80 is what all have.
  process.stdout.isTTY ? process.stdout.columns || 80 : null
