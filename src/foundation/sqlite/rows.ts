/** For statements whose rows are read as lists, which is faster. */
export const ARRAYS = { returnArrays: true }

/** A row of such a statement; no values when there is none. */
export const row = (found: unknown): ReadonlyArray<unknown> => (Array.isArray(found) ? found : [])
