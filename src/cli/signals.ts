/** Exit codes of a program stopped by a signal: 128 plus the signal's number. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
export type Signal = keyof typeof signalExitCodes

/** Runs `stop` at the first SIGINT or SIGTERM, and returns a getter for which it was; a second one kills as usual. */
const onSignal = (stop: () => void): (() => Signal | null) => {
  let came: Signal | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      came = signal
      stop()
    })
  }
  return () => came
}

/** Lets signals stop a use case. */
export type SignalStop = {
  /** Aborted by the first SIGINT or SIGTERM after `listen`; before that, a signal ends the process at once. */
  readonly signal: AbortSignal
  readonly listen: () => void
  /** Which signal it was. */
  readonly came: () => Signal | null
}

export const stopBySignal = (): SignalStop => {
  const stop = new AbortController()
  let came: () => Signal | null = () => null
  return {
    signal: stop.signal,
    listen: () => {
      came = onSignal(() => stop.abort())
    },
    came: () => came(),
  }
}
