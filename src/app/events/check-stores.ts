import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { notWritten } from '../../foundation/files/file-error.ts'
import { removeOnExit } from '../../foundation/files/remove-on-exit.ts'
import { openLedger } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import { type AppError, failed } from '../error.ts'
import type { IngestStores } from '../ingest/with-ingestor.ts'

/**
 * An empty ledger in a new folder in `scratch`, for duplicates and conflicts to be found as they will be, in files of any size;
 * dead letters. `close` removes the folder.
 */
export const openCheckStores = async (
  scratch: string,
  clock: () => number,
): Promise<E.Either<AppError, IngestStores>> => {
  let folder: string
  try {
    folder = await mkdtemp(join(scratch, 'redress-check-'))
  } catch (cause) {
    return failed(`cannot write temporary files for the check: ${notWritten(scratch, cause).message}`)
  }
  const isRemoved = removeOnExit(folder)
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    isRemoved()
  }
  const opened = await openLedger(folder, { clock })
  if (E.isLeft(opened)) {
    await remove()
    return failed(`cannot write temporary files for the check: ${describeLedgerError(opened.left)}`)
  }
  const { ledger, expectedKeys, close } = opened.right
  return E.right({
    ledger,
    expectedKeys,
    letters: noLetters,
    clock,
    close: async () => {
      await close()
      await remove()
    },
  })
}

const noLetters: IngestStores['letters'] = {
  record: ({ sightings = [] }) => E.right({ hashes: sightings.map(() => ''), resolved: 0 }),
  unresolvedLengths: () => E.right(new Set()),
}
