/** A count with its noun: `1 line`, `12,345 lines`, `1 policy`. */
export const countOf = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
