import type * as t from 'io-ts'
import type * as E from '#fp/Either'
import { closed } from '../../domain/codec.ts'
import { Resolution, restrictedForChange } from '../../domain/events/remediation-reviewed.ts'
import { DecisionId } from '../../domain/ids.ts'
import { Restriction } from '../../domain/parts.ts'
import type { LineError } from '../../foundation/documents/line-errors.ts'
import { parseEntries } from './entries.ts'

/** How a person settles a decision: what it becomes is given exactly for a change. */
export const WrittenResolution = restrictedForChange(
  closed(
    'an object {decisionId, resolution}',
    { decisionId: DecisionId, resolution: Resolution },
    { restriction: Restriction },
  ),
)
export type WrittenResolution = t.TypeOf<typeof WrittenResolution>

/** Reads how a person settles decisions: NDJSON of {decisionId, resolution, restriction?}. Left: which lines are wrong. */
export const parseResolutions = (
  text: string,
): E.Either<ReadonlyArray<LineError>, ReadonlyArray<WrittenResolution>> =>
  parseEntries(text, {
    codec: WrittenResolution,
    about: ({ decisionId }) => `decision ${decisionId}`,
    one: 'an answer',
    many: 'answers',
  })
