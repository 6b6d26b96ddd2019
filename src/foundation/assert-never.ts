/**
 * The default of a switch that must handle every case: if one is missing, the code does not compile. Does not quote
 * the value, which may be what a person wrote.
 */
export const assertNever = (_value: never, what: string): never => {
  throw new TypeError(`a ${what} that is not handled (a bug in redress)`)
}
