import * as E from '#fp/Either'

/** How reading ends: by whatever comes first. */
export type ConsumerEnding<Failure, Result> = {
  readonly ended: Promise<E.Either<Failure, Result>>
  readonly reach: (result: Result) => void
  readonly fail: (error: Failure) => void
  readonly isOver: () => boolean
}

/** `stop` ends it with `stopped`. */
export const openEnding = <Failure, Result>(
  stop: AbortSignal,
  stopped: Result,
): ConsumerEnding<Failure, Result> => {
  const { promise, resolve } = Promise.withResolvers<E.Either<Failure, Result>>()
  let isOver = false
  const settle = (result: E.Either<Failure, Result>): void => {
    isOver = true
    stop.removeEventListener('abort', onAbort)
    resolve(result)
  }
  const reach = (result: Result): void => settle(E.right(result))
  const onAbort = (): void => reach(stopped)
  if (stop.aborted) reach(stopped)
  else stop.addEventListener('abort', onAbort, { once: true })
  return { ended: promise, reach, fail: (error) => settle(E.left(error)), isOver: () => isOver }
}
