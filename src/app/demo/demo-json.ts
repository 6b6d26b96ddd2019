import type { Demo, DemoOptions } from './demo.ts'

/** A demo as JSON. */
export const demoJson = (
  { ingested, result, summary, score, story, files }: Demo,
  { accounts }: Pick<DemoOptions, 'accounts'>,
): Readonly<Record<string, unknown>> => ({
  precision: score.precision,
  recall: score.recall,
  decisionsPutBack: { found: score.found, right: score.right, truth: score.truth },
  accounts,
  events: { accepted: ingested.accepted, duplicate: ingested.duplicate, rejected: ingested.rejected },
  summary,
  blame: result.blame,
  account: story?.accountId ?? null,
  files,
})
