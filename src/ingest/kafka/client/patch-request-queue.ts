import { createRequire } from 'node:module'

/**
 * kafkajs 2.2.4 checks each connection every millisecond for requests that wait to be sent, even if there are none,
 * with a timer set to a negative time: a core's worth of idle work, and a `TimeoutNegativeWarning` since Node 24.
 * With this patch it checks only while a request waits; `push` starts the check for each one that has to wait. To be
 * removed when kafkajs has fixed it (https://github.com/tulios/kafkajs/issues/1556, 1704 and 1751; not fixed in
 * 2.3.0-beta.3).
 */
const askOnlyWhenSomethingWaits = (requestQueue: unknown): void => {
  if (!isRequestQueue(requestQueue)) {
    throw new Error(
      'kafkajs has a different request queue than the one patched here: check whether it still needs the patch',
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
