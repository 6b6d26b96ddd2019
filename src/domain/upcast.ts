/** An event as parsed JSON, before its type is known to be a current one. */
export type RawEvent = { readonly [attribute: string]: unknown }

/** For each outdated event type, how to convert it to its next version. The stored bytes never change. */
export type Upcasters = Readonly<Record<string, (event: RawEvent) => RawEvent>>

/**
 * The one place where old versions of events are brought up to date. Every type is at its first version today, so
 * the table is empty. To publish `x.v2`: give `x.v1` an entry here, and its definition in `events/` the new type and `data`.
 */
const upcasters: Upcasters = {}

/** The event in the current version of its type: upcast step by step until no upcaster applies. */
export const upcast = (event: RawEvent, table: Upcasters = upcasters): RawEvent => {
  let current = event
  for (;;) {
    const type = current.type
    const step = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined
    if (step === undefined) return current
    current = step(current)
  }
}
