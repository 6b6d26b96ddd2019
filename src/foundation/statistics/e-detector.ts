/**
 * A sequential test for a change: units of 0 and 1 come one by one, and while all is well each is 1 with a probability of p0
 * at most, given all before it. It sounds when `evidenceIn` reaches a threshold A; the expected number of units to a false
 * alarm is then at least A, however the probability varies below p0, and however the units depend on each other.
 *
 * An e-detector of the Shiryaev-Roberts kind with a mixture of bets: J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a
 * nonparametric framework for sequential change detection", New England Journal of Statistics in Data Science 2 (2), 2024,
 * arXiv:2203.03532. For each bet g, M <- (M + 1) (1 + g (x - p0) / p0), from 0. The second factor is at most 1 in
 * expectation, so M less the number of units is a supermartingale, and so is the mean of several.
 */
export type EDetector = ReadonlyArray<number>

/**
 * The shares of the stake: the large ones sound after a few units if nearly all are 1, the small ones still notice if the
 * share of 1 only doubles.
 */
const BETS = [0.5, 0.2, 0.05, 0.01] as const

/** Before any unit. */
export const noEvidence: EDetector = BETS.map(() => 0)

/** The detector after another unit: whether it is 1, and what its probability is at most (more than 0, at most 0.5). */
export const afterUnit = (detector: EDetector, isOne: boolean, p0: number): EDetector =>
  BETS.map((bet, i) => ((detector[i] ?? 0) + 1) * (isOne ? 1 + (bet * (1 - p0)) / p0 : 1 - bet))

/** What is compared with the threshold: the mean over the bets. */
export const evidenceIn = (detector: EDetector): number =>
  detector.reduce((sum, value) => sum + value, 0) / BETS.length
