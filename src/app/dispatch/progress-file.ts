import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from '#fp/Either'
import { closed } from '../../domain/codec.ts'
import { Sha256 } from '../../domain/ids.ts'
import { Count } from '../../domain/parts.ts'
import { readText } from '../../foundation/files/read-text.ts'
import { writeFile } from '../../foundation/files/write-file.ts'
import type { SentUpTo } from '../../ingest/outbox/cursor.ts'
import { fileResult } from '../results.ts'

/**
 * Up to which event requests were sent, for reports on what waits. What counts for sending is the cursor in Kafka, so nothing is
 * sent twice or never if this file is lost, or old.
 */
type SavedDispatch = Pick<SentUpTo, 'sequence' | 'leaf'>

/** Raised with any change of what is in it. */
const VERSION = 1

const Saved = closed('how far requests were sent', { version: Count, sequence: Count, leaf: Sha256 })

export const dispatchFile = (data: string): string => join(data, 'dispatch.json')

/** Null: nothing was saved, or it cannot be used. */
export const readDispatched = async (data: string): Promise<SavedDispatch | null> => {
  const path = dispatchFile(data)
  const text = existsSync(path) ? await readText(path) : null
  if (text === null || E.isLeft(text)) return null
  const json = E.tryCatch(
    (): unknown => JSON.parse(text.right),
    () => null,
  )
  if (E.isLeft(json) || !Saved.is(json.right) || json.right.version !== VERSION) return null
  return json.right
}

/** Returns why it was not saved. */
export const writeDispatched = async (
  data: string,
  { sequence, leaf }: SavedDispatch,
): Promise<E.Either<string, null>> => {
  const text = JSON.stringify({ version: VERSION, sequence, leaf })
  const written = fileResult(await writeFile(dispatchFile(data), [text]))
  return E.isLeft(written) ? E.left(written.left.message) : E.right(null)
}
