import * as E from '#fp/Either'
import { formatInstant } from '../../domain/time.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import { changeOf, collectImpact, type Impact } from '../../incidents/rehearsal/impact.ts'
import { correctionOfRules } from '../../replay/correction/correction.ts'
import type { Blame } from '../../replay/result/blame.ts'
import type { Row } from '../../replay/result/rows.ts'
import type { Ruleset } from '../../rulesets/ruleset.ts'
import type { AppError } from '../error.ts'
import type { EngineOptions } from '../replay/engine.ts'
import { openingForReplay } from '../replay/load.ts'
import { judgeIn } from '../replay/replay.ts'
import { fileResult } from '../results.ts'

export type ImpactOptions = EngineOptions & {
  readonly next: Ruleset
  /** From when on decisions count, in ms. */
  readonly since: number
  /** The file for the list of what would be otherwise; null: none. */
  readonly list: string | null
}

/** What a version would have done, as of a sequence of the ledger. */
export type ImpactFound = {
  readonly ruleset: Ruleset
  readonly since: number
  readonly sequence: number
  readonly impact: Impact
  /** What explains the decisions that would not have happened. */
  readonly causes: ReadonlyArray<Blame>
}

/** Judges what was decided since a time under a new version, and counts what would be otherwise. */
export const impactOfRuleset = (options: ImpactOptions): Promise<E.Either<AppError, ImpactFound>> =>
  openingForReplay(options, async (opened) => {
    const { next, since, list } = options
    const correction = correctionOfRules(next)
    const judged = await judgeIn(opened, { ...options, correction, window: { from: since, to: null } })
    if (E.isLeft(judged)) return judged
    const { result, source, close } = judged.right
    try {
      const impact = collectImpact()
      for (const row of result.rows) impact.add(row)
      if (list !== null) {
        const written = fileResult(await writeFile(list, changedLines(result.rows)))
        if (E.isLeft(written)) return written
      }
      const { sequence } = source
      return E.right({ ruleset: next, since, sequence, impact: impact.finish(), causes: result.blame })
    } finally {
      close()
    }
  })

/** What would be otherwise, one JSON object a line. */
function* changedLines(rows: Iterable<Row>): Generator<string> {
  for (const row of rows) {
    const change = changeOf(row)
    if (change === 'as_it_was') continue
    const { account, kind, decisionId, occurredAt, recorded, corrected } = row
    const restriction = { recorded: recorded.restriction, would: corrected.restriction }
    yield `${jsonText({ change, account, kind, decisionId, occurredAt, restriction })}\n`
  }
}

/** The same as JSON. */
export const impactJson = ({ ruleset, since, sequence, impact, causes }: ImpactFound) => ({
  ruleset: { id: ruleset.id, version: ruleset.version, sha256: ruleset.sha256 },
  since: formatInstant(since),
  sequence,
  ...impact,
  causes,
})
