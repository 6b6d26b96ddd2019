import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import type { FileError } from '../../foundation/files/file-error.ts'
import { readText } from '../../foundation/files/read-text.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import type { WatchState } from '../../incidents/watch/watch.ts'
import type { Ledger, LedgerError, Position } from '../../ledger/port.ts'
import type { WebhookMessage } from './webhook.ts'

/** What a watch remembers of a ledger, and up to which event. */
export type SavedWatch = {
  readonly version: typeof VERSION
  readonly sequence: number
  readonly position: Position
  /** The leaf hash of that event. */
  readonly leaf: string
  readonly state: WatchState
  /** What is still to be sent. */
  readonly outbox: ReadonlyArray<WebhookMessage>
}

/** Raised with any change of what is in it; another version is not read: the ledger is folded from its first event. */
const VERSION = 1

export const watchFile = (data: string): string => join(data, 'watch.json')

/** What was saved; null: nothing, or nothing that this Redress can use. */
export const readWatch = async (data: string): Promise<E.Either<FileError, SavedWatch | null>> => {
  const path = watchFile(data)
  if (!existsSync(path)) return E.right(null)
  const text = await readText(path)
  if (E.isLeft(text)) return text
  const json = E.tryCatch(
    (): unknown => JSON.parse(text.right),
    () => null,
  )
  // Cast: this version of Redress wrote it, in one piece.
  return E.right(
    E.isRight(json) && Object(json.right).version === VERSION ? (json.right as SavedWatch) : null,
  )
}

export const writeWatch = async (
  data: string,
  saved: Omit<SavedWatch, 'version'>,
): Promise<E.Either<FileError, number>> =>
  writeFile(watchFile(data), [JSON.stringify({ version: VERSION, ...saved })])

/** Whether what was saved is of this ledger. */
export const isOfThisLedger = async (
  ledger: Pick<Ledger, 'at'>,
  { position, leaf }: SavedWatch,
): Promise<E.Either<LedgerError, boolean>> => {
  const event = await ledger.at(position)
  return E.isLeft(event) ? event : E.right(event.right?.leafHash === leaf)
}
