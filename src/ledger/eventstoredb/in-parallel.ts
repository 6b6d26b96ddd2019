/** Runs work on each item, started in order, with a limit on concurrency; returns the results in the same order. */
export const inParallel = async <A, B>(
  atOnce: number,
  items: ReadonlyArray<A>,
  work: (item: A) => Promise<B>,
): Promise<ReadonlyArray<B>> => {
  const results = new Array<B>(items.length)
  const entries = items.entries()
  const worker = async (): Promise<void> => {
    for (const [i, item] of entries) results[i] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}

/**
 * Starts work on each item in order, with a limit on concurrency, but on items of one key one after the other, and on
 * none after one of its key that failed, because it depends on that one's success.
 */
export const takeInOrder = async <A>(
  atOnce: number,
  items: ReadonlyArray<A>,
  keyOf: (item: A) => string,
  work: (item: A) => Promise<boolean>,
): Promise<void> => {
  const byKey = new Map<string, Promise<boolean>>()
  let underWay = 0
  let goOn = (): void => {}
  for (const item of items) {
    const key = keyOf(item)
    if ((await byKey.get(key)) === false) continue
    if (underWay === atOnce) {
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
    }
    underWay++
    byKey.set(
      key,
      work(item).finally(() => {
        underWay--
        goOn()
      }),
    )
  }
  await Promise.all(byKey.values())
}
