import { formatInstant } from '../../domain/time.ts'
import type { ProjectionProgress } from '../../projection/published.ts'
import { noteLine } from '../output.ts'
import { format } from '../table.ts'

/** What the projections are as of, and a warning for each that is halted. */
const asOfLines = ({ sequence, recordedAt, projections }: ProjectionProgress): ReadonlyArray<string> => [
  recordedAt === null
    ? `As of sequence ${format(sequence)}.`
    : `As of sequence ${format(sequence)}, recorded ${formatInstant(recordedAt)}.`,
  ...projections.flatMap(({ name, sequence: at, stopped }) =>
    stopped === null
      ? []
      : [
          `redress: warning: ${name} is halted at sequence ${format(stopped.sequence)}, and is as of ${format(at)}: ` +
            `it cannot process event ${stopped.event}: ${stopped.message}`,
          '  This is a bug in redress; please report it. After upgrading to a fixed version, run redress project to catch up.',
        ],
  ),
]

/** Prints that on stderr, to keep it out of the command's output. */
export const noteAsOf = (standing: ProjectionProgress): void => {
  for (const line of asOfLines(standing)) noteLine(line)
}
