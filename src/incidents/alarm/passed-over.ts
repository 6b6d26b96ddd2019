import type { StoredEvent } from '../../domain/event.ts'
import type { Suspect } from '../../domain/suspect.ts'

/** Suspects of open incidents, and of those that were confirmed; as JSON. */
export type SavedSuspects = {
  readonly open: ReadonlyArray<readonly [incidentId: string, suspects: ReadonlyArray<Suspect>]>
  readonly confirmed: ReadonlyArray<Suspect>
}

/** Versions of rulesets that turned out to be at fault: what a later version is compared with must be sound. */
export type PassedOver = {
  /** Takes the next event; whether it changed which versions are passed over. */
  readonly take: (event: StoredEvent) => boolean
  readonly has: (version: { readonly id: string; readonly version: string }) => boolean
  readonly saved: () => SavedSuspects
}

export const passedOver = (saved: SavedSuspects = { open: [], confirmed: [] }): PassedOver => {
  const open = new Map(saved.open)
  const confirmed = [...saved.confirmed]
  return {
    take: (event) => {
      if (event.type === 'incident.opened.v1') {
        const { incidentId, suspects } = event.data
        // With a detector in it, the version may have been right, and what the detector said was not.
        const versions = suspects.filter(
          ({ version, detector }) => version !== undefined && detector === undefined,
        )
        if (versions.length > 0 && !open.has(incidentId)) open.set(incidentId, versions)
      }
      if (event.type !== 'incident.closed.v1') return false
      const suspects = open.get(event.data.incidentId) ?? []
      open.delete(event.data.incidentId)
      if (event.data.conclusion !== 'confirmed') return false
      confirmed.push(...suspects)
      return suspects.length > 0
    },
    has: ({ id, version }) =>
      confirmed.some((one) => one.version === version && (one.ruleset === undefined || one.ruleset === id)),
    saved: () => ({ open: [...open], confirmed: [...confirmed] }),
  }
}
