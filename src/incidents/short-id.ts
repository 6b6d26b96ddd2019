/** The id of what follows from a hash: short enough to type, long enough to be unique. */
export const shortId = (sha256: string): string => sha256.slice(0, 12)
