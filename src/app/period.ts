import type { AppError } from './error.ts'

/** Why a period is invalid, or null; its bounds are in ms, and may be missing. */
export const periodError = (from: number | null = null, to: number | null = null): AppError | null =>
  from !== null && to !== null && from >= to
    ? { kind: 'invalid', message: 'the period must start before it ends', options: ['from', 'to'] }
    : null
