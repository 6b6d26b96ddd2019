import canonicalize from 'canonicalize'
import { canonical } from '../../../src/foundation/canonical.ts'
import type { PreparedEvent } from '../../../src/ledger/event/prepare.ts'

/** The whole stored text of a prepared event. */
export const storedTextOf = (prepared: PreparedEvent): string => {
  const recorded = ',"recordedat":"2025-04-29T00:00:01.000Z",'
  return prepared.kind === 'plain'
    ? `${prepared.head}${recorded}${prepared.tail}`
    : `${prepared.head}"sealed"${prepared.middle}${recorded}${prepared.tail}`
}

/** The text of an event as it is stored, with a text in the place of what is sealed. */
export const storedOf = (event: Readonly<Record<string, unknown>>): string | undefined => {
  const { personal, document, ...data } = event.data as Record<string, unknown>
  return canonicalize({
    ...event,
    recordedat: '2025-04-29T00:00:01.000Z',
    data: {
      ...data,
      ...(personal === undefined ? {} : { sealed: 'sealed' }),
      ...(document === undefined ? {} : { documentSha256: canonical(document).sha256 }),
    },
  })
}
