import { existsSync } from 'node:fs'
import * as E from '#fp/Either'
import type { DeadLetters } from '../ingest/dead-letters/letter.ts'
import { openDeadLetters, openDeadLettersForReading } from '../ingest/dead-letters/open.ts'
import { openLedger } from '../ledger/open.ts'
import { describeLedgerError, type Ledger } from '../ledger/port.ts'
import { type AcceptClock, CliError, type LedgerPlace } from './output.ts'

/** What taking in events writes to. */
export type Stores = {
  readonly ledger: Ledger
  readonly letters: DeadLetters
  readonly clock: () => number
  readonly close: () => Promise<void>
}

/** Opens a ledger and the dead letters of its data folder, making what is missing. */
export const openStores = async ({
  data,
  ledger: cluster,
  acceptClock = false,
}: LedgerPlace & AcceptClock): Promise<Stores> => {
  const opened = await openLedger(data, { clock: Date.now, acceptClock, cluster })()
  if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
  const { ledger, close } = opened.right
  const letters = await openDeadLetters(data, Date.now)()
  if (E.isLeft(letters)) {
    await close()
    throw new CliError(`the dead letters can't be opened: ${letters.left.message}`)
  }
  return {
    ledger,
    letters: letters.right,
    clock: Date.now,
    close: async () => {
      letters.right.close()
      await close()
    },
  }
}

/** Opens the dead letters of a data folder that must be there, runs `use` on them, and closes them. */
export const withDeadLetters = <A>(data: string, use: (letters: DeadLetters) => A): Promise<A> =>
  withOpened(data, openDeadLetters, use)

/** The same for commands that only read: they make no file, and need none. */
export const readingDeadLetters = <A>(data: string, use: (letters: DeadLetters) => A): Promise<A> =>
  withOpened(data, openDeadLettersForReading, use)

const withOpened = async <A>(
  data: string,
  open: typeof openDeadLetters,
  use: (letters: DeadLetters) => A,
): Promise<A> => {
  if (!existsSync(data)) {
    throw new CliError(
      `there is no data folder ${data}; name it with --data, or fill one with redress ingest`,
    )
  }
  const letters = orFail(await open(data, Date.now)())
  try {
    return use(letters)
  } finally {
    letters.close()
  }
}

/** The value, or the end of the command. */
export const orFail = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new CliError(`the dead letters did not answer: ${result.left.message}`)
  return result.right
}
