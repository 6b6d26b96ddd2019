import type { Service } from '../account.ts'

/** The platform's services: their `source`, and how they write times. */
export const services = {
  scanner: { source: '/services/detection/scanner', clock: 'seconds' },
  nudityNet: { source: '/services/detection/nudity-net', clock: 'milliseconds' },
  hashes: { source: '/services/detection/hash-match', clock: 'milliseconds' },
  linker: { source: '/services/detection/linker', clock: 'seconds' },
  reviewQueue: { source: '/services/review-queue', clock: 'milliseconds' },
  removal: { source: '/services/removal', clock: 'milliseconds' },
  enforcement: { source: '/services/enforcement', clock: 'milliseconds' },
  notices: { source: '/services/notices', clock: 'offset' },
  appeals: { source: '/services/appeals', clock: 'offset' },
  intake: { source: '/services/intake', clock: 'offset' },
  audits: { source: '/services/audits', clock: 'milliseconds' },
  policy: { source: '/services/policy', clock: 'milliseconds' },
} as const satisfies Record<string, Service>
