import type { ProjectionProgress } from '../../projection/published.ts'

/** A projection that is halted, and the event at which it is. */
export type StoppedProjection = {
  readonly projection: string
  readonly sequence: number
  readonly event: string
}

/** The projections that are halted because their fold failed on an event. */
export const stoppedOf = ({ projections }: ProjectionProgress): ReadonlyArray<StoppedProjection> =>
  projections.flatMap(({ name, stopped }) =>
    stopped === null ? [] : [{ projection: name, sequence: stopped.sequence, event: stopped.event }],
  )
