import type { ProjectionProgress } from '../../projection/published.ts'

/** A projection that stands still, and the event at which it does. */
export type StoppedProjection = {
  readonly projection: string
  readonly sequence: number
  readonly event: string
}

/** The projections that stand still because their fold failed on an event. */
export const stoppedOf = ({ projections }: ProjectionProgress): ReadonlyArray<StoppedProjection> =>
  projections.flatMap(({ name, stopped }) =>
    stopped === null ? [] : [{ projection: name, sequence: stopped.sequence, event: stopped.event }],
  )
