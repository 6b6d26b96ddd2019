import { createRequire } from 'node:module'

/**
 * kafkajs 2.2.4 asks each connection every millisecond whether a request waits to be sent, also when none does, by a
 * timer set to a negative time: a core's worth of idle work, and a `TimeoutNegativeWarning` from Node 24 on. Here the
 * question is asked only while a request waits; `push` asks it anew for each one that has to. To be taken out when
 * kafkajs has mended it (https://github.com/tulios/kafkajs/issues/1556, 1704 and 1751; 2.3.0-beta.3 has not).
 */
const askOnlyWhenSomethingWaits = (requestQueue: unknown): void => {
  if (!isRequestQueue(requestQueue)) {
    throw new Error(
      'kafkajs has another request queue than the one that is mended here: look whether it still must be',
    )
  }
  const { prototype } = requestQueue
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this)
  }
}

type RequestQueue = {
  readonly prototype: {
    scheduleCheckPendingRequests: (this: { readonly pending: ReadonlyArray<unknown> }) => void
  }
}

const isRequestQueue = (u: unknown): u is RequestQueue =>
  typeof u === 'function' && typeof u.prototype?.scheduleCheckPendingRequests === 'function'

askOnlyWhenSomethingWaits(createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js'))
