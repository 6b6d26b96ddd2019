import { existsSync } from 'node:fs'
import * as E from '#fp/Either'
import type { StoreError } from '../foundation/store-error.ts'
import type { DeadLetters } from '../ingest/dead-letters/letter.ts'
import { openDeadLetters, openDeadLettersForReading } from '../ingest/dead-letters/open.ts'
import { withoutCredentials } from '../ledger/cluster-url.ts'
import { type OpenLedger, openExisting, openLedger } from '../ledger/open.ts'
import type { Ledger } from '../ledger/port.ts'
import type { ExpectedKeys, Vault } from '../ledger/vault/vault.ts'
import { type AppError, failed, notFound } from './error.ts'
import { ledgerResult, lettersResult } from './results.ts'

/** Where a ledger is. */
export type LedgerPlace = {
  readonly data: string
  /** The cluster that holds the events; left out: the data folder holds them. */
  readonly ledger?: string | undefined
}

/** The ledger of a place, for messages. */
export const nameOf = ({ data, ledger }: LedgerPlace): string =>
  ledger === undefined ? `the ledger in ${data}` : `the ledger at ${withoutCredentials(ledger)}`

/** A place to record events in. */
export type RecordingPlace = LedgerPlace & {
  /** Ms since the epoch. */
  readonly clock: () => number
  /** Record with the last recorded time if the clock is far behind it. */
  readonly acceptClock?: boolean | undefined
  /** It can be made again, so nothing waits for the disk. */
  readonly disposable?: boolean
}

/** The stores that ingesting writes to. */
export type Stores = {
  readonly ledger: Ledger
  readonly vault: Vault
  readonly expectedKeys: ExpectedKeys
  readonly letters: DeadLetters
  readonly clock: () => number
  readonly close: () => Promise<void>
}

/** Opens a ledger and the dead letters of its data folder, creating what is missing. */
export const openStores = async ({
  data,
  ledger: cluster,
  clock,
  acceptClock = false,
  disposable = false,
}: RecordingPlace): Promise<E.Either<AppError, Stores>> => {
  const opened = ledgerResult(await openLedger(data, { clock, acceptClock, cluster, disposable }))
  if (E.isLeft(opened)) return opened
  const { ledger, vault, expectedKeys, close } = opened.right
  const letters = await openDeadLetters(data, clock)
  if (E.isLeft(letters)) {
    await close()
    return failed(`cannot open the dead letters: ${letters.left.message}`)
  }
  return E.right({
    ledger,
    vault,
    expectedKeys,
    letters: letters.right,
    clock,
    close: async () => {
      letters.right.close()
      await close()
    },
  })
}

/** Opens an existing ledger for reading, and closes it after `use`. */
export const readingLedger = async <A>(
  {
    data,
    ledger: cluster,
    acceptDamaged = false,
  }: LedgerPlace & {
    /** Open it even if streams were deleted or truncated. */
    readonly acceptDamaged?: boolean
  },
  use: (opened: OpenLedger) => Promise<E.Either<AppError, A>>,
): Promise<E.Either<AppError, A>> => {
  const opened = ledgerResult(await openExisting(data, { cluster, acceptDamaged }))
  return E.isLeft(opened) ? opened : use(opened.right).finally(opened.right.close)
}

/** Opens an existing ledger to add events of our own; makes none. */
export const openToAdd = async ({
  data,
  ledger: cluster,
  clock,
  acceptClock = false,
}: RecordingPlace): Promise<E.Either<AppError, OpenLedger>> => {
  const found = ledgerResult(await openExisting(data, { cluster }))
  if (E.isLeft(found)) return found
  await found.right.close()
  return ledgerResult(await openLedger(data, { cluster, clock, acceptClock }))
}

type UseLetters<A> = (letters: DeadLetters) => E.Either<AppError, A>

/** Opens the dead letters of an existing data folder for writing, and closes them after `use`. */
export const withDeadLetters = <A>(
  data: string,
  clock: () => number,
  use: UseLetters<A>,
): Promise<E.Either<AppError, A>> => withOpened(data, () => openDeadLetters(data, clock), use)

/** The same for reading only: creates no file, and needs none. */
export const readingDeadLetters = <A>(
  data: string,
  clock: () => number,
  use: UseLetters<A>,
): Promise<E.Either<AppError, A>> => withOpened(data, () => openDeadLettersForReading(data, clock), use)

const withOpened = async <A>(
  data: string,
  open: () => Promise<E.Either<StoreError, DeadLetters>>,
  use: UseLetters<A>,
): Promise<E.Either<AppError, A>> => {
  if (!existsSync(data)) {
    return notFound(
      `there is no data folder ${data}; create one with redress ingest, or name another`,
      'data',
    )
  }
  const letters = lettersResult(await open())
  if (E.isLeft(letters)) return letters
  try {
    return use(letters.right)
  } finally {
    letters.right.close()
  }
}
