/** The decisions to reverse, as the replay found them, compared with the simulator's ground truth. */
export type Score = {
  readonly found: number
  readonly truth: number
  readonly right: number
  readonly precision: number
  readonly recall: number
}

/** Compares the decisions that were found with those that were actually wrong. */
export const scoreOf = (found: ReadonlyArray<string>, truth: ReadonlyArray<string>): Score => {
  const wanted = new Set(truth)
  const right = found.filter((id) => wanted.has(id)).length
  return {
    found: found.length,
    truth: wanted.size,
    right,
    precision: found.length === 0 ? 0 : right / found.length,
    recall: wanted.size === 0 ? 0 : right / wanted.size,
  }
}
