import { constants } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import * as E from '#fp/Either'
import { brokenAt, looksLikeUtf16, withoutMark } from '../text/utf8.ts'
import { type FileError, notRead } from './file-error.ts'

/** Reads a file that a user named. */
export const readBytes = async (path: string): Promise<E.Either<FileError, Buffer>> => {
  // Not from a command line, but a document may name such a file.
  if (path.includes('\0')) {
    return E.left({
      kind: 'not_read',
      path,
      message: `cannot read ${path}: a path cannot contain a null character`,
    })
  }
  try {
    return E.right(await readFile(path))
  } catch (error) {
    return isTooLargeToRead(error) ? tooLarge(path) : E.left(notRead(path, error))
  }
}

/** Reads a text file that a user named: UTF-8, with or without a byte order mark, without replacing invalid bytes. */
export const readText = async (path: string): Promise<E.Either<FileError, string>> => {
  const bytes = await readBytes(path)
  return E.isLeft(bytes) ? bytes : textOf(bytes.right, path)
}

/** The text of bytes that were read from a file that a user named, or from `standard input`. */
export const textOf = (bytes: Uint8Array, path: string): E.Either<FileError, string> => {
  if (bytes.length > constants.MAX_STRING_LENGTH) return tooLarge(path)
  const at = brokenAt(bytes)
  if (at === null) return E.right(Buffer.from(withoutMark(bytes)).toString('utf8'))
  const message = looksLikeUtf16(bytes)
    ? 'it looks like UTF-16; save it as UTF-8'
    : `it is not UTF-8 text: ${placeOf(bytes, at)}; save it as UTF-8`
  return E.left({ kind: 'not_read', path, message: `cannot read ${path}: ${message}` })
}

/** Node does not read more than 2 GiB at once. */
const isTooLargeToRead = (error: unknown): boolean =>
  error instanceof RangeError && 'code' in error && error.code === 'ERR_FS_FILE_TOO_LARGE'

const tooLarge = (path: string): E.Either<FileError, never> => {
  const most = Math.floor(constants.MAX_STRING_LENGTH / 1024 ** 2)
  return E.left({
    kind: 'not_read',
    path,
    message: `cannot read ${path}: it is larger than ${most} MiB; check that it is the right file`,
  })
}

const LF = 0x0a

const placeOf = (bytes: Uint8Array, at: number): string => {
  let [line, start] = [1, 0]
  for (let lf = bytes.indexOf(LF); lf !== -1 && lf < at; lf = bytes.indexOf(LF, lf + 1)) {
    line++
    start = lf + 1
  }
  const hex = bytes[at]?.toString(16).padStart(2, '0')
  return `0x${hex} is byte ${at - start + 1} of line ${line} (offset ${at})`
}
