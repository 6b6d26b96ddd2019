import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { detectorName, signalsSeen } from '../definition/story.ts'
import { FlagId, Line } from '../ids.ts'
import { Detector, Signals } from '../parts.ts'
import { detectorSample, signalsSample } from './sample-parts.ts'

const data = closed(
  'flag.rescored',
  { flagId: FlagId, detector: Detector, signals: Signals },
  { reason: Line },
)

export const flagRescored = defineEvent({
  type: 'flag.rescored.v1',
  since: 2,
  says: 'A detector looked again at what a flag was about; what it finds now is recorded, and the flag stays as it was raised.',
  fields: {
    flagId: 'The flag that was looked at again; it must be on the same account.',
    detector: 'The detector that looked again, in its present version.',
    signals:
      'Everything that it finds now. A correction reads these instead of those of the flag, not in addition.',
    reason: 'Why it looked again. Put no personal data here: it is never sealed.',
  },
  incoming: data,
  stored: data,
  rank: 3,
  // The account's story and an explanation show a rescoring next to its flag, and read only this stream; unlike
  // evaluations, there are never more of them than flags were asked about.
  stream: 'account',
  onlyInforms: false,
  names: ({ flagId }) => ({ flagIds: [flagId] }),
  columns: {},
  story: ({ data: { flagId, detector, signals, reason } }) => ({
    headline: `flag ${flagId} rescored by ${detectorName(detector)}`,
    details: [signalsSeen(signals), ...(reason === undefined ? [] : [`reason: ${reason}`])],
  }),
  sample: {
    flagId: 'f1',
    detector: { ...detectorSample, version: '4.3.2' },
    signals: signalsSample,
    reason: 'version 4.3.1 read illustrations as photographs',
  },
})
