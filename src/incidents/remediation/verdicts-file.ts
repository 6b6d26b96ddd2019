import type * as t from 'io-ts'
import type * as E from '#fp/Either'
import { closed } from '../../domain/codec.ts'
import { SampleVerdict } from '../../domain/events/remediation-sampled.ts'
import { DecisionId } from '../../domain/ids.ts'
import type { LineError } from '../../foundation/documents/line-errors.ts'
import { parseEntries } from './entries.ts'

const WrittenVerdict = closed('an object {decisionId, verdict}', {
  decisionId: DecisionId,
  verdict: SampleVerdict,
})
/** What a person says of a decision of a sample. */
export type WrittenVerdict = t.TypeOf<typeof WrittenVerdict>

/** Reads a person's verdicts on a sample: NDJSON of {decisionId, verdict}. Left: which lines are wrong. */
export const parseVerdicts = (
  text: string,
): E.Either<ReadonlyArray<LineError>, ReadonlyArray<WrittenVerdict>> =>
  parseEntries(text, {
    codec: WrittenVerdict,
    about: ({ decisionId }) => `decision ${decisionId}`,
    one: 'a verdict',
    many: 'verdicts',
  })
