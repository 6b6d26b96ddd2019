import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { directDecoder } from '../../../src/ingest/accept/decoder.ts'
import type { Trust } from '../../../src/ingest/accept/trust.ts'
import { accountFeed } from '../../../src/ingest/account-feed/publish.ts'
import type { DeadLetters } from '../../../src/ingest/dead-letters/letter.ts'
import { openDeadLetters } from '../../../src/ingest/dead-letters/open.ts'
import { consume } from '../../../src/ingest/kafka/consume.ts'
import type { ConsumeError, ConsumeRequest } from '../../../src/ingest/kafka/request.ts'
import { type Ingestor, openIngestor } from '../../../src/ingest/pipeline/ingestor.ts'
import { type OpenLedger, openLedger } from '../../../src/ledger/open.ts'
import type { Ledger } from '../../../src/ledger/port.ts'
import { all } from '../../ledger/contract.ts'
import { unwrap } from '../../ledger/events.ts'

/** A ledger with its dead letters in a folder of its own. */
export type Stores = Pick<OpenLedger, 'ledger' | 'expectedKeys'> & {
  readonly dir: string
  readonly letters: DeadLetters
}

export const withStores = async <A>(use: (stores: Stores) => Promise<A>): Promise<A> => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-consume-'))
  const { ledger, expectedKeys, close } = unwrap(await openLedger(dir))
  const letters = unwrap(await openDeadLetters(dir, Date.now))
  try {
    return await use({ dir, ledger, expectedKeys, letters })
  } finally {
    letters.close()
    await close()
    rmSync(dir, { recursive: true })
  }
}

export type Consumed = {
  accepted: number
  duplicate: number
  refused: number
  /** Without those of troubles with Kafka. */
  readonly remarks: string[]
  /** What is said of troubles that were retried; a broker that has just started gives rise to some. */
  readonly troubles: string[]
  /** The remarks that messages may be lost. */
  readonly losses: string[]
  readonly result: () => E.Either<ConsumeError, void> | undefined
}

type Options = Partial<ConsumeRequest> & {
  readonly trust?: Trust
  /** Where the states of accounts are published; left out: nowhere. */
  readonly accountsTopic?: string
  /** In the place of the usual one, to fail. */
  readonly ingestor?: Ingestor
  readonly stop?: AbortSignal
  /** Told whenever something is on disk. */
  readonly onDurable?: (so: Consumed) => void
}

/** Consumes a topic into stores, to its end unless the options say otherwise. */
export const consumed = async (
  { ledger, expectedKeys, letters }: Stores,
  brokers: string,
  topic: string,
  {
    trust = [],
    accountsTopic,
    ingestor,
    stop = new AbortController().signal,
    onDurable,
    ...request
  }: Options = {},
): Promise<Consumed> => {
  let result: E.Either<ConsumeError, void> | undefined
  const so: Consumed = {
    accepted: 0,
    duplicate: 0,
    refused: 0,
    remarks: [],
    troubles: [],
    losses: [],
    result: () => result,
  }
  const taking =
    ingestor ??
    openIngestor({ ledger, expectedKeys, letters, decoder: directDecoder(), clock: Date.now, trust })
  result = await consume(
    {
      kafka: { brokers: [brokers], tls: null, sasl: null },
      topic,
      groupId: topic,
      untilEnd: true,
      fromStart: false,
      ...request,
    },
    {
      ledger,
      ingestor: taking,
      ...(accountsTopic === undefined
        ? {}
        : { afterChunk: accountFeed(ledger, { topic, accountsTopic, onPublished: () => {} }) }),
    },
    {
      onStart: () => {},
      onLag: () => {},
      onRemark: ({ message, isLoss }) => {
        ;(message.startsWith('Kafka: ') ? so.troubles : so.remarks).push(message)
        if (isLoss === true) so.losses.push(message)
      },
      onDurable: ({ accepted, duplicate, refused }) => {
        so.accepted += accepted
        so.duplicate += duplicate
        so.refused += refused.length
        onDurable?.(so)
      },
    },
    stop,
  )
  return so
}

/** The error that consuming ended with. */
export const errorOf = (so: Consumed): ConsumeError => {
  const result = so.result()
  if (result === undefined || E.isRight(result)) throw new Error('it ended well')
  return result.left
}

/** What tells one event of a platform from all others. */
export const identityOf = (json: unknown): string => {
  const { subject, source, id } = Object(json)
  return JSON.stringify([subject, source, id])
}

/** The identities of all that a ledger holds, in its order. */
export const identitiesIn = async (ledger: Ledger): Promise<ReadonlyArray<string>> =>
  (await all(ledger.readAll(null))).map(({ canonical }) => identityOf(JSON.parse(canonical)))
