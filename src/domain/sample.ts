import { type PublishedType, publishedDefinitionOf } from './event.ts'

/** A valid event of a type, with every field that its `data` may have, as a starting point. Always the same. */
export const sampleEvent = (type: PublishedType): Readonly<Record<string, unknown>> => {
  const { sample, subject } = publishedDefinitionOf(type)
  return {
    specversion: '1.0',
    id: `sample-${type}`,
    source: '/services/enforcement',
    type,
    subject: subject === undefined ? 'u3a2ad8da' : subject.of(sample),
    time: '2025-04-29T00:00:00.000Z',
    datacontenttype: 'application/json',
    data: sample,
  }
}
