import { performance } from 'node:perf_hooks'
import * as E from '#fp/Either'
import { compileDocuments } from '../../src/ledger/documents.ts'
import { openExisting } from '../../src/ledger/open.ts'
import { readDecoded } from '../../src/ledger/read.ts'
import { correctionOfRules } from '../../src/replay/correction/correction.ts'
import { collectHistory } from '../../src/replay/model/collect.ts'
import { evidenceWantedBy } from '../../src/replay/reference/sightings.ts'
import { replay } from '../../src/replay/result/replay.ts'
import type { Ruleset } from '../../src/rulesets/ruleset.ts'

/** Events a second of each part of a replay, over the same ledger in one run. */
export type ReplayFigures = {
  readonly events: number
  /** Reading from the store, hashes checked. */
  readonly read: number
  /** Parsing and decoding what was read. */
  readonly decode: number
  /** The replay itself over decoded events: collecting, judging, cascades, rows, digest. */
  readonly replay: number
  readonly decisions: number
}

const perSecond = (events: number, ms: number): number => Math.round((events / ms) * 1000)

/** Replays the ledger in a data folder once under a corrected ruleset and times its parts separately. */
export const benchReplay = async (data: string, corrected: Ruleset): Promise<ReplayFigures> => {
  const { ledger, vault, close } = unwrap(await openExisting(data))
  try {
    const correction = correctionOfRules(corrected)
    const readStart = performance.now()
    let events = 0
    for await (const page of ledger.readAll(null)) events += unwrap(page).length
    const readMs = performance.now() - readStart

    const collection = collectHistory(evidenceWantedBy(correction))
    let replayMs = 0
    const decodeStart = performance.now()
    for await (const page of readDecoded(ledger, ledger.readAll(null))) {
      const start = performance.now()
      for (const { event } of unwrap(page)) collection.add(event)
      replayMs += performance.now() - start
    }
    const decodeMs = performance.now() - decodeStart - replayMs - readMs
    const documents = unwrap(await compileDocuments(vault, collection.documentsNeeded()))
    const start = performance.now()
    const { rows } = replay(collection.finish(documents), correction)
    replayMs += performance.now() - start
    return {
      events,
      read: perSecond(events, readMs),
      decode: perSecond(events, decodeMs),
      replay: perSecond(events, replayMs),
      decisions: rows.size,
    }
  } finally {
    await close()
  }
}

const unwrap = <L, A>(answer: E.Either<L, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
