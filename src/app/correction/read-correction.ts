import { dirname, isAbsolute, join } from 'node:path'
import * as E from '#fp/Either'
import type { FileError } from '../../foundation/files/file-error.ts'
import { readText } from '../../foundation/files/read-text.ts'
import { type CheckedCorrection, openCorrection } from '../../replay/correction/document.ts'

/** A correction's document, checked with the files that it names. */
export type CorrectionFile = CheckedCorrection & { readonly text: string }

/** Reads a correction's document and the files that it names, whose paths are relative to the document's folder. */
export const readCorrection = async (path: string): Promise<E.Either<FileError, CorrectionFile>> => {
  const text = await readText(path)
  if (E.isLeft(text)) return text
  const { files, compile } = openCorrection(text.right)
  const texts = new Map<string, E.Either<string, string>>()
  for (const named of files) {
    const read = await readText(isAbsolute(named) ? named : join(dirname(path), named))
    texts.set(named, E.isLeft(read) ? E.left(read.left.message) : read)
  }
  return E.right({ text: text.right, ...compile(texts) })
}
