/** Parts that samples of several types have in common. */

export const contentSample = {
  id: 'pin-1',
  kind: 'pin',
  createdAt: '2025-04-01T12:00:00+02:00',
  language: 'en',
} as const

export const detectorSample = { kind: 'rule', id: 'scanner', version: '4.2.0' } as const

export const rulesetSample = {
  id: 'community-guidelines',
  version: '2025-04-28',
  sha256: 'ab'.repeat(32),
} as const

export const signalsSample = { adult_score: 0.71, is_illustration: true, 'ocr.text': 'QUILTING' } as const

export const reviewerSample = { kind: 'human', id: 'reviewer-7' } as const
