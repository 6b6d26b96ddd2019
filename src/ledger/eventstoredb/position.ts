import type { Position } from '../port.ts'

/** An event's place in the cluster's log, in bytes. */
export type LogPosition = { readonly commit: bigint; readonly prepare: bigint }

export const logPosition = ({ commit, prepare }: LogPosition): Position =>
  // Cast: the only code that creates this store's positions.
  `esdb:${commit}/${prepare}` as Position

/** The parts of a position; undefined for one that this store never created. */
export const logPositionOf = (position: Position): LogPosition | undefined => {
  const [, commit, prepare] = /^esdb:(\d{1,19})\/(\d{1,19})$/.exec(position) ?? []
  return commit === undefined || prepare === undefined
    ? undefined
    : { commit: BigInt(commit), prepare: BigInt(prepare) }
}

/** Negative when `a` comes before `b` in the log. */
export const compareInLog = (a: LogPosition, b: LogPosition): number => {
  const [first, second] = a.commit === b.commit ? [a.prepare, b.prepare] : [a.commit, b.commit]
  return first < second ? -1 : first > second ? 1 : 0
}
