import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Content, Detector, Signals } from '../parts.ts'
import { contentSample, detectorSample, signalsSample } from './sample-parts.ts'

const data = closed('content.evaluated', { content: Content, detector: Detector, signals: Signals })

export const contentEvaluated = defineEvent({
  type: 'content.evaluated.v1',
  since: 1,
  says: 'A detector looked at content and raised no flag. It shows what a corrected rule would have found.',
  fields: {},
  incoming: data,
  stored: data,
  rank: 1,
  stream: 'evidence',
  onlyInforms: false,
  names: null,
  columns: {
    'content.kind': 'what kind of content it is about',
    'content.id': { name: 'content_id', about: 'the content that it is about' },
    'content.createdAt': 'when that content was created',
    'content.language': 'the language of that content',
    'detector.kind': 'what kind of detector looked at it',
    'detector.id': 'the detector that looked at it',
    'detector.version': 'the version of that detector',
  },
  story: ({ data: { content, detector } }) => ({
    headline: `evaluated ${content.kind} ${content.id}, no flag`,
    details: [`by ${detector.id} ${detector.version}`],
  }),
  sample: { content: contentSample, detector: detectorSample, signals: signalsSample },
})
