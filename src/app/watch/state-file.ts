import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { readText } from '../../foundation/files/read-text.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import type { WatchState } from '../../incidents/watch/watch.ts'
import type { Ledger, LedgerError, Position } from '../../ledger/port.ts'
import { fileResult } from '../results.ts'
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
const VERSION = 2

export const watchFile = (data: string): string => join(data, 'watch.json')

/** What was saved; null: nothing. Or why it cannot be used. */
export const readWatch = async (data: string): Promise<E.Either<string, SavedWatch | null>> => {
  const path = watchFile(data)
  if (!existsSync(path)) return E.right(null)
  const text = await readText(path)
  if (E.isLeft(text)) return E.left(`${path} cannot be read`)
  try {
    const json: unknown = JSON.parse(text.right)
    if (isSaved(json)) return E.right(json)
  } catch {
    return E.left(`${path} is incomplete`)
  }
  return E.left(`${path} was written by another version of Redress`)
}

/** This version of Redress writes it in one piece, so its outline is enough. */
const isSaved = (json: unknown): json is SavedWatch => {
  const { version, position, leaf, state, outbox } = Object(json)
  return (
    version === VERSION &&
    typeof position === 'string' &&
    typeof leaf === 'string' &&
    Array.isArray(outbox) &&
    Array.isArray(Object(Object(state).alarms).versions)
  )
}

/** Returns why it was not saved. */
export const writeWatch = async (
  data: string,
  saved: Omit<SavedWatch, 'version'>,
): Promise<E.Either<string, null>> => {
  const path = watchFile(data)
  try {
    const written = fileResult(await writeFile(path, [JSON.stringify({ version: VERSION, ...saved })]))
    return E.isLeft(written) ? E.left(written.left.message) : E.right(null)
  } catch (error) {
    if (error instanceof RangeError) return E.left(`${path} would be longer than a text can be`)
    throw error
  }
}

/** Whether what was saved is of this ledger. */
export const isOfThisLedger = async (
  ledger: Pick<Ledger, 'at'>,
  { position, leaf }: SavedWatch,
): Promise<E.Either<LedgerError, boolean>> => {
  const event = await ledger.at(position)
  return E.isLeft(event) ? event : E.right(event.right?.leafHash === leaf)
}
