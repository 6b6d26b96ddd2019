import { grouped } from './grouped.ts'

/** A count with its noun: `1 line`, `12,345 lines`, `1 policy`. */
export const countOf = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`
