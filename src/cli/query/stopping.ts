/** Stops a query: the first call of `stop` lets the database end it, another one ends it at once. */
export type Stopping = {
  readonly signals: { readonly signal: AbortSignal; readonly kill: AbortSignal }
  readonly stop: () => void
}

export const stopping = (): Stopping => {
  const ending = new AbortController()
  const killing = new AbortController()
  return {
    signals: { signal: ending.signal, kill: killing.signal },
    stop: () => (ending.signal.aborted ? killing : ending).abort(),
  }
}
