import { createHash } from 'node:crypto'
import { compareUtf8 } from '../../../domain/order.ts'
import type { Drawn } from '../rehearsal.ts'

/** Draws a number of things: those whose text has the least SHA-256. */
const draw = <A>(number: number, textOf: (thing: A) => string) => {
  let kept: { readonly hash: string; readonly thing: A }[] = []
  const cut = (): void => {
    kept = kept.sort((a, b) => compareUtf8(a.hash, b.hash)).slice(0, number)
  }
  const add = (thing: A): void => {
    kept.push({ hash: createHash('sha256').update(textOf(thing)).digest('hex'), thing })
    if (kept.length > 2 * number + 1000) cut()
  }
  const finish = (): ReadonlyArray<A> => {
    cut()
    return kept.map(({ thing }) => thing)
  }
  return { add, finish }
}

export const drawEvidence = (number: number) => draw<Drawn>(number, ({ source, id }) => `${source} ${id}`)
export const drawAccounts = (number: number) => draw<string>(number, (account) => account)
