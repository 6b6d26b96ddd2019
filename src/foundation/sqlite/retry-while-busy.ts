import { setTimeout } from 'node:timers/promises'
import * as E from '#fp/Either'
import { attempt } from '../attempt.ts'
import type { StoreError } from '../store-error.ts'
import { isBusy } from './errors.ts'

/**
 * Runs what opens or creates files. Two processes that do so at the same time can briefly block each other: SQLite
 * waits for no lock while it converts a file to WAL. `file` is for the messages.
 */
export const retryWhileBusy = async <A>(file: string, work: () => A): Promise<E.Either<StoreError, A>> => {
  for (let left = 100; ; left--) {
    const opened = attempt(file, () => {
      try {
        return { result: work() }
      } catch (error) {
        if (left > 0 && isBusy(error)) return 'busy'
        throw error
      }
    })
    if (E.isLeft(opened)) return opened
    if (opened.right !== 'busy') return E.right(opened.right.result)
    await setTimeout(20 + Math.random() * 30)
  }
}
