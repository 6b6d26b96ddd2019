/** Something wrong with a file of one entry a line; `line` is null if it concerns the whole. */
export type LineError = { readonly line: number | null; readonly message: string }

/** One line for people, with the file's name. */
export const describeLineError = (path: string, { line, message }: LineError): string =>
  `${path}${line === null ? '' : `:${line}`}: ${message}`

const MOST_ERRORS = 10

/** Collects what is wrong with lines: the first ones as they are, the others as a number, which `more` puts into words. */
export const lineErrors = (more: (lines: number) => string) => {
  const errors: LineError[] = []
  let wrong = 0
  return {
    add: (line: number, message: string): void => {
      if (++wrong <= MOST_ERRORS) errors.push({ line, message })
    },
    /** Empty: nothing is wrong. */
    all: (): ReadonlyArray<LineError> =>
      wrong > MOST_ERRORS ? [...errors, { line: null, message: more(wrong - MOST_ERRORS) }] : errors,
  }
}
