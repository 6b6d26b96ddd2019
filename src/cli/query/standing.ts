import { formatInstant } from '../../domain/time.ts'
import type { ProjectionProgress } from '../../projection/published.ts'
import { noteLine } from '../output.ts'
import { format } from '../table.ts'

/** As of what the projections are, and a warning for each that stopped. */
const standingLines = ({ sequence, recordedAt, projections }: ProjectionProgress): ReadonlyArray<string> => [
  recordedAt === null
    ? `As of sequence ${format(sequence)}.`
    : `As of sequence ${format(sequence)}, recorded ${formatInstant(recordedAt)}.`,
  ...projections.flatMap(({ name, sequence: at, stopped }) =>
    stopped === null
      ? []
      : [
          `warning: ${name} stopped at sequence ${format(stopped.sequence)} and is as of ${format(at)}: ` +
            `it can't take in event ${stopped.event}: ${stopped.message}`,
          '  Please report it; the other projections are complete. Once it is mended, redress project takes it on from there.',
        ],
  ),
]

/** Says so on stderr, where it gets into no output. */
export const tellStanding = (standing: ProjectionProgress): void => {
  for (const line of standingLines(standing)) noteLine(line)
}
