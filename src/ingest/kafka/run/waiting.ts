/** How long connections may take to close, in ms: unreachable brokers do not answer. */
export const CLOSE_WITHIN = 2_000

/** Runs a task repeatedly with a pause in between; stopping waits for one in progress. */
export const repeat = (pause: number, task: () => Promise<void>): { readonly stop: () => Promise<void> } => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let underWay = Promise.resolve()
  const next = (): void => {
    timer = setTimeout(() => {
      underWay = task().then(() => {
        if (!stopped) next()
      })
    }, pause)
  }
  next()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await underWay
    },
  }
}

/** Waits for work, but no longer than this many ms. */
export const waitAtMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    work,
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms)
    }),
  ])
  clearTimeout(timer)
}
