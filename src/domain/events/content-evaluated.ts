import * as t from 'io-ts'
import { closed } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { Content, Detector, Signals } from '../parts.ts'
import { since } from '../vocabulary.ts'
import { contentSample, detectorSample, signalsSample } from './sample-parts.ts'

const data = closed(
  'content.evaluated',
  { content: Content, detector: Detector, signals: Signals },
  { shadow: since(3, t.boolean) },
)

export const contentEvaluated = defineEvent({
  type: 'content.evaluated.v1',
  since: 1,
  says: 'A detector looked at content and raised no flag. It shows what a corrected rule would have found.',
  fields: {
    shadow:
      'Whether the detector only looked on: a version on trial, or a retired one. Then nobody is ever reported as missed ' +
      'because of it.',
  },
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
    shadow: 'whether that detector only looked on: a version on trial, or a retired one',
  },
  story: ({ data: { content, detector, shadow = false } }) => ({
    headline: `evaluated ${content.kind} ${content.id}, no flag`,
    details: [`by ${detector.id} ${detector.version}${shadow ? ', which only looked on' : ''}`],
  }),
  sample: { content: contentSample, detector: detectorSample, signals: signalsSample, shadow: true },
})
