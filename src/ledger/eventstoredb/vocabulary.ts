import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import * as E from '#fp/Either'
import type { StreamName } from '../../domain/stream.ts'
import { Unusable } from '../../foundation/attempt.ts'
import { streamsDamaged } from '../damaged-stream.ts'
import { leafHash } from '../event/leaf.ts'
import type { LedgerError } from '../port.ts'
import { unknownVocabulary } from '../vocabulary.ts'
import type { BatchAppender } from './batch-append.ts'
import { mapPage, type Reader } from './read.ts'
import { type ClusterEvent, revisionOf, VOCABULARY_STREAM, vocabularyOf, type WireEvent } from './stored.ts'

/** The vocabulary version that the events in a cluster need. */
export type ClusterVocabulary = {
  /** The current version: 1 unless it was raised. */
  readonly read: () => Promise<E.Either<LedgerError, number>>
  /** Raises it if it is lower; answers once that is written, or at once if it is known not to be lower. */
  readonly raise: (version: number) => Promise<E.Either<LedgerError, void>>
  /** Whether the ledger is known to have this version already, without asking the cluster. */
  readonly has: (version: number) => boolean
}

// Cast: it is read and written like the ledger's streams, but is not one of them.
const STREAM = VOCABULARY_STREAM as StreamName

/**
 * The vocabulary is stored in a stream of its own, each event of which raises it. It is outside the ledger's streams,
 * so it has no sequence and is not an event of the ledger; but it is in the same log, where readers meet it before
 * the first event that needs it. `patience`: how long raising is retried, in ms.
 */
export const clusterVocabulary = (
  reader: Reader,
  appender: Pick<BatchAppender, 'send'>,
  patience: number,
): ClusterVocabulary => {
  /** A lower bound of the version. */
  let known = 1

  const last = async (): Promise<E.Either<LedgerError, Last>> => {
    const page = await reader.streamBackwards(STREAM, null, 1)
    const found = mapPage(page, (event) => ({ revision: revisionOf(event), version: vocabularyOf(event) }))
    if (E.isLeft(found)) return found
    const one = found.right[0] ?? { revision: -1, version: 1 }
    known = Math.max(known, one.version)
    return E.right(one)
  }

  return {
    has: (version) => version <= known,
    read: async () => E.map(({ version }: Last) => version)(await last()),
    raise: async (version) => {
      const deadline = performance.now() + patience
      for (let wait = 20; ; wait = Math.min(2 * wait, 2_000)) {
        if (version <= known) return E.right(undefined)
        const before = await last()
        if (E.isLeft(before)) return before
        if (version <= known) return E.right(undefined)
        // At that revision: of two that raise it at once, the second one reads it again.
        const answer = await appender.send(STREAM, before.right.revision, [raisedTo(version)])
        if (answer.kind === 'tombstone')
          return E.left(streamsDamaged([{ stream: STREAM, cause: 'tombstoned' }]))
        if (answer.kind === 'written') known = version
        else if (answer.kind === 'refused' || performance.now() + wait > deadline) {
          const why =
            answer.kind === 'wrong_revision'
              ? `other writers keep changing ${STREAM}; try again`
              : answer.message
          return E.left({
            kind: 'unavailable',
            message: `the cluster did not accept a new vocabulary version: ${why}`,
          })
        } else await pause(wait * (0.5 + Math.random()))
      }
    },
  }
}

type Last = { readonly revision: number; readonly version: number }

const raisedTo = (version: number): ClusterEvent => {
  const text = JSON.stringify({ vocabulary: version })
  return { id: randomUUID(), type: 'vocabulary.raised', text, leafHash: leafHash(text) }
}

/** Throws `Unusable` at the place in the log after which events need a vocabulary that this Redress does not know. */
export const assertReadable = (reader: Pick<Reader, 'isVocabulary'>, event: WireEvent): void => {
  const refused = reader.isVocabulary(event) ? unknownVocabulary(vocabularyOf(event)) : null
  if (refused !== null) throw new Unusable(refused.message)
}
