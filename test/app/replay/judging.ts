import type { EngineOptions } from '../../../src/app/replay/engine.ts'
import type { Window } from '../../../src/replay/result/replay.ts'

/** What a use case told while it judged. */
export type Told = { readonly reasons: string[]; readonly read: unknown[] }

export const nothingTold = (): Told => ({ reasons: [], read: [] })

/** How everything in a data folder is judged by the columnar engine, noting what is told. */
export const judging = (data: string, told: Told): EngineOptions & { readonly window: Window } => ({
  data,
  at: null,
  engine: 'columnar',
  full: false,
  withoutDamaged: false,
  window: { from: null, to: null },
  onProgress: () => {},
  onStep: () => {},
  onReference: (reason) => told.reasons.push(reason),
  onRead: (cut) => told.read.push(cut),
})
