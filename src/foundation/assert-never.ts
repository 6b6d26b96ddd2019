/**
 * The default of a switch that has to decide on every case: with a case that it does not name, the code does not compile.
 * Does not quote the value, which may be what a person wrote.
 */
export const assertNever = (_value: never, what: string): never => {
  throw new TypeError(`a ${what} that nothing here decides on (a bug in redress)`)
}
