import type { Replay } from '../../replay/result/replay.ts'

/** What became of the decisions that had withdrawn or rescored flags in evidence. */
export type RescoredOutcome = {
  readonly decisions: number
  /** No longer supported. */
  readonly wrongful: number
  /** Still supported, by what a rescoring found or by other flags. */
  readonly upheld: number
  /** They wait for a rescoring. */
  readonly waiting: number
  /** What a person must look at: too severe, or undecided although all was rescored. */
  readonly others: number
}

/** Counts what a correction of the evidence makes of the decisions that it concerns. */
export const rescoredOutcome = ({ rows, rescore }: Replay): RescoredOutcome => {
  const concerned = rows
    .all()
    .filter(({ facts }) => facts.includes('evidence_withdrawn') || facts.includes('evidence_rescored'))
  const count = (name: string): number => concerned.filter((row) => row.class === name).length
  const [decisions, wrongful, upheld] = [concerned.length, count('wrongful'), count('upheld')]
  const { waiting } = rescore
  return { decisions, wrongful, upheld, waiting, others: decisions - wrongful - upheld - waiting }
}
