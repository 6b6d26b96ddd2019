import * as E from '#fp/Either'
import type { Problem } from '../../foundation/documents/problem.ts'
import { readDocument } from '../../foundation/documents/read-document.ts'
import { compileCorrection } from './compile.ts'
import type { Correction } from './correction.ts'
import { filesNamedIn, type NamedFiles } from './references.ts'

/** A correction's document whose text was read. */
export type OpenedCorrection = {
  /** The files that it names, as written: relative to its own folder. */
  readonly files: ReadonlyArray<string>
  /** Compiles it, given the texts of these files. */
  readonly compile: (files: NamedFiles) => CheckedCorrection
}

export type CheckedCorrection = {
  /** Null if the document is invalid. */
  readonly correction: Correction | null
  /** Errors, or warnings about what is probably a mistake; in the order of the text. */
  readonly problems: ReadonlyArray<Problem>
}

/** Reads the text of a correction's document, YAML or JSON, up to where the files that it names are needed. */
export const openCorrection = (text: string): OpenedCorrection => {
  const { value, problems, locate } = readDocument(text, 'keep long lists of flags in files: flags_file')
  if (problems.length > 0) return { files: [], compile: () => ({ correction: null, problems }) }
  return {
    files: filesNamedIn(value),
    compile: (files) => {
      const compiled = compileCorrection(value, files)
      return E.isLeft(compiled)
        ? { correction: null, problems: locate(compiled.left) }
        : { correction: compiled.right.correction, problems: locate(compiled.right.warnings) }
    },
  }
}

/** Compiles a correction's document and the files that it names, or returns everything wrong with them. */
export const parseCorrection = (
  text: string,
  files: NamedFiles = new Map(),
): E.Either<ReadonlyArray<Problem>, Correction> => {
  const { correction, problems } = openCorrection(text).compile(files)
  return correction === null ? E.left(problems) : E.right(correction)
}
