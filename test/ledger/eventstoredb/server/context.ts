import type { FaultPlan } from './faults.ts'
import type { Log } from './log.ts'

/** What the handlers of calls share. */
export type Context = {
  readonly log: Log
  readonly plan: FaultPlan
  /** The size of a whole append in bytes. */
  readonly maxAppendSize: number
  /** Settles when the server is not paused. */
  readonly awake: () => Promise<void>
  /** Changes with every death: what an earlier life began must not go on in the next. */
  readonly life: () => number
  /** The process dies now. */
  readonly die: (restartAfter: number | undefined) => void
  /** Where the leader is; this node itself, for there is one only. */
  readonly leader: () => { readonly host: string; readonly port: number }
}

/** Runs something later, unless the server has died by then. No timer keeps the test's process alive. */
export const later = (context: Context, milliseconds: number, run: () => void): void => {
  const life = context.life()
  setTimeout(() => {
    if (context.life() === life) run()
  }, milliseconds).unref()
}
