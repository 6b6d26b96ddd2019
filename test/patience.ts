/**
 * How long a test waits, in milliseconds, for what happens at once on an idle machine: a limit that only a hang reaches, however
 * loaded the machine is.
 */
export const PATIENCE = 120_000
