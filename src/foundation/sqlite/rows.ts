/** For statements whose rows are returned as arrays, which is faster. */
export const ARRAYS = { returnArrays: true }

/** A row of such a statement; no values if there is none. */
export const row = (found: unknown): ReadonlyArray<unknown> => (Array.isArray(found) ? found : [])
