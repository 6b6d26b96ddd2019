import { createHash } from 'node:crypto'
import * as E from '#fp/Either'
import { describeDecodeError } from '../../domain/codec.ts'
import { textOf } from '../../foundation/files/read-text.ts'
import { decodeReport } from '../../reports/transparency/codec.ts'
import type { Report } from '../../reports/transparency/report.ts'
import { type AppError, invalid } from '../error.ts'

/** An earlier report, and the SHA-256 of its JSON. */
export type EarlierReport = { readonly report: Report; readonly sha256: string }

/** How many problems of a report are shown. */
const MOST_PROBLEMS = 5

/** Reads the JSON of an earlier report; messages call it `name`. */
export const readEarlierReport = (bytes: Uint8Array, name: string): E.Either<AppError, EarlierReport> => {
  const text = textOf(bytes, name)
  if (E.isLeft(text)) return invalid(text.left.message)
  let json: unknown
  try {
    json = JSON.parse(text.right)
  } catch (error) {
    return invalid(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const report = decodeReport(json)
  if (E.isRight(report)) {
    return E.right({ report: report.right, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  return E.left({
    kind: 'invalid',
    message: `${name} is not the JSON of a transparency report:`,
    details: report.left.slice(0, MOST_PROBLEMS).map((problem) => `  ${describeDecodeError(problem)}`),
  })
}
