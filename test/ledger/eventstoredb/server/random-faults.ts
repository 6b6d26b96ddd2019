import type { AppendCall, AppendFault, ReadCall, ReadFault, Schedule } from './faults.ts'
import { seededRandom } from './random.ts'

const appendFault = (random: () => number): AppendFault => {
  const written = random() < 0.5
  const milliseconds = 1 + Math.floor(random() * 20)
  const faults: ReadonlyArray<AppendFault> = [
    { kind: 'hang', written },
    { kind: 'busy' },
    { kind: 'timeout', written },
    { kind: 'not_leader' },
    { kind: 'half_close', written },
    { kind: 'die', written, restartAfter: milliseconds },
    { kind: 'slow', milliseconds },
    { kind: 'late', milliseconds },
  ]
  return faults[Math.floor(random() * faults.length)] ?? { kind: 'busy' }
}

/** `end` is left out: no client can tell it from a read that is complete. */
const readFault = (random: () => number): ReadFault => {
  const after = Math.floor(random() * 5)
  const milliseconds = 1 + Math.floor(random() * 5)
  const faults: ReadonlyArray<ReadFault> = [
    { kind: 'hang', after },
    { kind: 'break', after },
    { kind: 'die', after, restartAfter: milliseconds },
    { kind: 'busy' },
    { kind: 'not_leader' },
    { kind: 'slow', milliseconds },
  ]
  return faults[Math.floor(random() * faults.length)] ?? { kind: 'busy' }
}

const often = <Fault>(
  seed: number,
  chance: number,
  fault: (random: () => number) => Fault,
): (() => Fault | null) => {
  const random = seededRandom(seed)
  return () => (random() < chance ? fault(random) : null)
}

/** Faults of all kinds but `twice`, for a part of the appends; decided by the seed and the order of the calls. */
export const randomAppendFaults = (seed: number, chance = 0.3): Schedule<AppendCall, AppendFault> =>
  often(seed, chance, appendFault)

export const randomReadFaults = (seed: number, chance = 0.3): Schedule<ReadCall, ReadFault> =>
  often(seed, chance, readFault)
