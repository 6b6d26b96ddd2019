/** The path of a rehearsal. Unlike the name of an extension, it has a dot. */
export const REHEARSAL = 'data.rehearsal'

type Without = {
  readonly json: unknown
  /** The path of what was removed, if anything was. */
  readonly removed: ReadonlyArray<typeof REHEARSAL>
}

/**
 * A parsed event without the rehearsal that a published ruleset may claim to have passed, whatever it says: what makes an
 * alarm more patient must not come from outside.
 */
export const withoutRehearsal = (json: unknown): Without => {
  if (!isRecord(json) || !isPublication(json.type) || !isRecord(json.data)) return { json, removed: NOTHING }
  if (!Object.hasOwn(json.data, 'rehearsal')) return { json, removed: NOTHING }
  const { rehearsal: _, ...data } = json.data
  return { json: { ...json, data }, removed: [REHEARSAL] }
}

const NOTHING: ReadonlyArray<typeof REHEARSAL> = []

const isPublication = (type: unknown): boolean =>
  typeof type === 'string' && type.startsWith('ruleset.published.')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
