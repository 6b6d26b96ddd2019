import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type EventType, eventTypes } from '../../../src/domain/event.ts'
import type { definitions } from '../../../src/domain/events/index.ts'
import { openWorkspace, type Workspace } from '../../../src/projection/duckdb.ts'
import { tableOfType } from '../../../src/projection/events/columns.ts'
import { createEventTables } from '../../../src/projection/events/tables.ts'
import { decoded, samples, stored, withValue } from '../../domain/samples.ts'
import { kept, readEvents, takeEvents } from '../event-tables.ts'

vi.mock('../../../src/domain/events/index.ts', async (original) => {
  const { definitions: known } = await original<{ readonly definitions: typeof definitions }>()
  const { contentScreened } = await import('../made-up-evidence.ts')
  return { definitions: [...known, contentScreened] }
})

let workspace: Workspace
beforeEach(async () => {
  workspace = await openWorkspace(':memory:')
  await createEventTables(workspace.write)
})
afterEach(() => workspace.close())

describe('given a second type of evidence', () => {
  // Cast: the compiler does not know the type that the test adds.
  const screened = 'content.screened.v1' as EventType
  const types: ReadonlyArray<EventType> = eventTypes.filter((type) => tableOfType(type) === 'evidence')

  test('then it is in the table of evidence, next to the first, and in the view of all events', async () => {
    expect(types).toEqual(['content.evaluated.v1', screened])
    await takeEvents(
      workspace,
      types.map((type, i) => decoded({ ...stored(type), id: `e${i}` })),
    )
    for (const table of ['evidence', 'events']) {
      const rows = await workspace.read.runAndReadAll(`SELECT type FROM ${table} ORDER BY sequence`)
      expect(rows.getRowsJson()).toEqual(types.map((type) => [type]))
    }
  })

  test('then every field of both comes back, and none that was left out', async () => {
    const variants = types
      .flatMap((type) => [
        stored(type),
        ...samples[type].optional.map((path) =>
          withValue(stored(type), ['data', ...path.split('.')], undefined),
        ),
      ])
      .map((event, i) => decoded({ ...event, id: `e${i}` }))
    expect(variants).toHaveLength(2 + 3 + 7)
    await takeEvents(workspace, variants)
    expect(await readEvents(workspace)).toEqual(variants.map(kept))
  })
})
