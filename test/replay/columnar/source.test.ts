import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as E from '#fp/Either'
import type { IncomingEvent } from '../../../src/domain/event.ts'
import type { Ledger } from '../../../src/ledger/port.ts'
import { publishedFile } from '../../../src/projection/files.ts'
import { lockProjections } from '../../../src/projection/lock.ts'
import {
  type ColumnarSource,
  describeNoSource,
  type NoSource,
  openColumnarSource,
} from '../../../src/replay/columnar/source.ts'
import { often } from '../../long/often.ts'
import { type Folder, projected, rowsOf, withFolder } from '../../projection/projecting.ts'
import { compiled, documentOf, histories, service } from '../histories.ts'
import { appendAll, unwrap } from '../ledgers.ts'

const [document] = fc.sample(documentOf('v1'), { seed: 1, numRuns: 1 })
if (document === undefined) throw new Error('no document')

const story: ReadonlyArray<IncomingEvent> = [
  service.published(document),
  service.flagged('u1', 1, { flagId: 'f1', signals: { score: 9 } }),
  service.evaluated('u2', 1, { score: 3 }),
  service.banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
]

const open = ({ dir, open: { ledger } }: Folder, at: number | null = null, changed: Partial<Ledger> = {}) =>
  openColumnarSource(dir, { ...ledger, ...changed }, { at })

/** Uses the source of a folder, and closes it. */
const using = async <A>(
  folder: Folder,
  at: number | null,
  use: (source: ColumnarSource) => Promise<A>,
): Promise<A> => {
  const source = unwrap(await open(folder, at))
  try {
    return await use(source)
  } finally {
    source.close()
  }
}

const reasonIn = async (folder: Folder, at: number | null = null, changed: Partial<Ledger> = {}) => {
  const source = await open(folder, at, changed)
  if (E.isLeft(source)) return source.left
  source.right.close()
  throw new Error('there was no reason')
}

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>
type Tables = { readonly actions: Rows; readonly evidence: Rows; readonly accounts: Rows }

const ORDERED = {
  h_actions: 'FROM h_actions ORDER BY sequence',
  h_evaluations: 'FROM h_evaluations ORDER BY sequence',
  h_accounts: 'FROM h_accounts ORDER BY account_no',
}

const tablesIn = async ({ connection }: ColumnarSource): Promise<Tables> => {
  const rows = async (sql: string): Promise<Rows> => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  return {
    actions: await rows(ORDERED.h_actions),
    evidence: await rows(ORDERED.h_evaluations),
    accounts: await rows(ORDERED.h_accounts),
  }
}

/** The same of what is published, without the columns of signals that a source did not know. */
const publishedTables = async (
  { dir }: Folder,
  { signalColumns }: Pick<ColumnarSource, 'signalColumns'>,
  at: number,
): Promise<Tables> => {
  const known = new Set(signalColumns.map(({ column }) => column))
  const columns = await rowsOf(dir, 'SELECT column_name FROM signal_columns')
  const unknown = columns.map(({ column_name }) => String(column_name)).filter((name) => !known.has(name))
  const selected = unknown.length === 0 ? '*' : `* EXCLUDE (${unknown.map((name) => `"${name}"`).join(', ')})`
  const rows = (table: string) =>
    rowsOf(dir, `SELECT ${selected} FROM ${table} WHERE sequence <= ${at} ORDER BY sequence`)
  return {
    actions: await rows('actions'),
    evidence: await rows('evidence'),
    accounts: await rowsOf(dir, 'FROM account_ids ORDER BY account_no'),
  }
}

const alterPublished = async ({ dir }: Folder, sql: string): Promise<void> => {
  const instance = await DuckDBInstance.create(publishedFile(dir))
  const connection = await instance.connect()
  await connection.run(sql)
  connection.closeSync()
  instance.closeSync()
}

describe('the columns are those of wholly projected events', () => {
  /** A history, how many of its events are projected, and up to which sequence it is wanted. */
  const cases = histories.chain(({ events }) =>
    fc.record({
      events: fc.constant(events),
      projectedUpTo: fc.integer({ min: 0, max: events.length }),
      at: fc.option(fc.integer({ min: 0, max: events.length })),
    }),
  )

  test('any history, projected up to any event, up to any sequence', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ events, projectedUpTo, at }) => {
        await withFolder(async (folder) => {
          await appendAll(folder.open, events.slice(0, projectedUpTo))
          await projected(folder)
          await appendAll(folder.open, events.slice(projectedUpTo))

          const { found, source } = await using(folder, at, async (source) => ({
            found: await tablesIn(source),
            source,
          }))

          await projected(folder)
          const sequence = at ?? events.length
          const expected = await publishedTables(folder, source, sequence)
          expect(found.actions).toEqual(expected.actions)
          expect(found.evidence).toEqual(expected.evidence)
          // Accounts that came later may be numbered already, or not.
          expect(found.accounts).toEqual(expected.accounts.slice(0, found.accounts.length))
          const named = new Set([...found.actions, ...found.evidence].map(({ account_no }) => account_no))
          named.delete(null)
          expect(named.size).toBeLessThanOrEqual(found.accounts.length)
          expect(source.sequence).toBe(sequence)
          expect(source.events).toEqual({
            actions: found.actions.length,
            evidence: found.evidence.length,
          })
        })
      }),
      { numRuns: often(12, 60), endOnFailure: true },
    )
  })

  test('in the same order and of the same types as in the tables', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story.slice(0, 2))
      await projected(folder)
      await appendAll(folder.open, story.slice(2))
      await using(folder, null, async ({ connection }) => {
        for (const [view, table] of [
          ['h_actions', 'actions'],
          ['h_evidence', 'evidence'],
          ['h_accounts', 'account_ids'],
        ]) {
          const described = async (name = '') =>
            (
              await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE ${name})`)
            ).getRowsJson()
          expect(await described(view)).toEqual(await described(table))
        }
      })
    })
  })
})

describe('given projections that end before the ledger', () => {
  test('when an account is new, then it gets the next number', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story)
      await projected(folder)
      await appendAll(folder.open, [
        service.flagged('u3', 3, { flagId: 'f3' }),
        service.evaluated('u1', 4, { score: 1 }),
      ])
      const { actions, evidence, accounts } = await using(folder, null, tablesIn)
      expect(actions.at(-1)).toMatchObject({ sequence: '5', account: 'u3', account_no: 3, flag_id: 'f3' })
      expect(evidence.at(-1)).toMatchObject({
        sequence: '6',
        account: 'u1',
        account_no: 1,
        signal_score_int: '1',
      })
      expect(accounts.map(({ account }) => account)).toEqual(['u1', 'u2', 'u3'])
    })
  })

  test('when a later ruleset declares a signal, then it has no column, but its events have it in their JSON', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story)
      await projected(folder)
      const later = { ...document, version: 'v2', signals: { ...document.signals, fresh: 'double' } }
      expect(compiled(later).signals.get('fresh')).toBe('double')
      await appendAll(folder.open, [
        service.published(later, 3),
        service.evaluated('u2', 4, { score: 5, fresh: 0.5 }),
      ])
      await using(folder, null, async (source) => {
        expect(source.signalColumns.map(({ signal }) => signal).sort()).toEqual(['drawn', 'score'])
        const { evidence } = await tablesIn(source)
        expect(evidence.at(-1)).toMatchObject({ signal_score_int: '5', signals: '{"fresh":0.5,"score":5}' })
        expect(Object.keys(evidence.at(-1) ?? {})).not.toContain('signal_fresh_double')
      })
    })
  })

  test('when nothing at all was projected into the file, then everything is read from the ledger', async () => {
    await withFolder(async (folder) => {
      await projected(folder)
      await appendAll(folder.open, story)
      const found = await using(folder, null, tablesIn)
      expect(found.actions.map(({ sequence }) => sequence)).toEqual(['1', '2', '4'])
      expect(found.evidence.map(({ account_no }) => account_no)).toEqual([2])
    })
  })

  test('when the ledger fails while they are read, then the reason is its error', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story.slice(0, 1))
      await projected(folder)
      await appendAll(folder.open, story.slice(1))
      const error = { kind: 'unavailable', message: 'a test' } as const
      const reason = await reasonIn(folder, null, {
        readAll: async function* () {
          yield E.left(error)
        },
      })
      expect(reason).toEqual(error)
    })
  })

  test('when the ledger ends early, then that is the reason', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story.slice(0, 1))
      await projected(folder)
      await appendAll(folder.open, story.slice(1))
      const reason = await reasonIn(folder, null, {
        readAll: (after) => folder.open.ledger.readAll(after, { until: 3 }),
      })
      expect(reason).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('before 4') })
    })
  })
})

describe('the reference is needed', () => {
  /** A folder with the story, projected. */
  const withStory = (use: (folder: Folder) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await appendAll(folder.open, story)
      await projected(folder)
      await use(folder)
    })

  test('if nothing is projected', () =>
    withFolder(async (folder) => {
      await appendAll(folder.open, story)
      expect(await reasonIn(folder)).toEqual({ kind: 'missing', dataDir: folder.dir })
    }))

  test('if the projections are of another ledger, even a longer one', () =>
    withStory((folder) =>
      withFolder(async (other) => {
        await appendAll(other.open, [...story.toReversed(), service.flagged('u3', 3, { flagId: 'f3' })])
        expect(await reasonIn({ dir: folder.dir, open: other.open })).toEqual({ kind: 'other_ledger' })
      }),
    ))

  test('if the projections are of a later state of the ledger', () =>
    withStory((folder) =>
      withFolder(async (restored) => {
        await appendAll(restored.open, story.slice(0, 3))
        expect(await reasonIn({ dir: folder.dir, open: restored.open })).toEqual({ kind: 'other_ledger' })
      }),
    ))

  test('if the ledger has not reached the sequence', () =>
    withStory(async (folder) => {
      expect(await reasonIn(folder, 5)).toEqual({ kind: 'no_such_sequence', requested: 5, head: 4 })
    }))

  test.each([
    ['earlier', -1],
    ['newer', 1],
  ])('if an %s Redress made the history', (who, by) =>
    withStory(async (folder) => {
      await alterPublished(folder, `UPDATE projections SET version = version + ${by} WHERE name = 'events'`)
      expect(await reasonIn(folder)).toMatchObject({
        kind: 'unusable',
        message: expect.stringContaining(`${who} Redress`),
      })
    }),
  )

  test.each([
    [null, 3, 4],
    [3, 3, 4],
  ])('if an event was left out, at %s', (at, held, sequence) =>
    withStory(async (folder) => {
      await alterPublished(folder, 'DELETE FROM evidence')
      expect(await reasonIn(folder, at)).toEqual({ kind: 'incomplete', held, sequence })
    }),
  )

  test('if a stream of the ledger is known to be incomplete', () =>
    withStory(async (folder) => {
      const reason = await reasonIn(folder, null, {
        damaged: async () => E.right([{ stream: 'account-u1', cause: 'truncated' }]),
      })
      expect(reason).toEqual({ kind: 'damaged', streams: 1 })
    }))

  test('if the file lacks a table', () =>
    withStory(async (folder) => {
      await alterPublished(folder, 'DROP TABLE cursor')
      expect(await reasonIn(folder)).toMatchObject({ kind: 'unusable' })
    }))

  test.each<[NoSource, string]>([
    [{ kind: 'missing', dataDir: 'data' }, 'nothing is projected in data yet'],
    [{ kind: 'no_such_sequence', requested: 5, head: 4 }, 'the ledger ends at sequence 4, before 5'],
    [{ kind: 'incomplete', held: 3, sequence: 4 }, 'the projections have 3 of 4 events'],
    [{ kind: 'damaged', streams: 1 }, '1 stream of the ledger is incomplete'],
    [{ kind: 'damaged', streams: 2 }, '2 streams of the ledger are incomplete'],
    [{ kind: 'unavailable', message: 'gone' }, 'the ledger is unavailable: gone'],
  ])('%j is described on one line', (reason, expected) => {
    expect(describeNoSource(reason)).toContain(expected)
    expect(describeNoSource(reason)).not.toContain('\n')
  })
})

describe('the data folder', () => {
  afterEach(() => vi.unstubAllEnvs())

  test('may be locked by a run of projections, and halted projections do not matter', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story)
      await projected(folder)
      await alterPublished(
        folder,
        "UPDATE projections SET poison_sequence = 1, poison_event = 'e', poison_message = 'm' WHERE name = 'accounts'",
      )
      const lock = lockProjections(folder.dir)
      try {
        expect((await using(folder, null, tablesIn)).actions).toHaveLength(3)
      } finally {
        lock.release()
      }
    })
  })

  test('may be read-only: nothing is written to it, and nothing stays in the temporary folder', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story.slice(0, 2))
      await projected(folder)
      await appendAll(folder.open, story.slice(2))
      chmodSync(publishedFile(folder.dir), 0o400)
      chmodSync(folder.dir, 0o500)
      const files = readdirSync(folder.dir)
      const temporary = mkdtempSync(join(tmpdir(), 'redress-temporary-'))
      vi.stubEnv('TMPDIR', temporary)
      try {
        await using(folder, null, async (source) => {
          expect((await tablesIn(source)).actions).toHaveLength(3)
          expect(readdirSync(temporary)).toHaveLength(1)
          expect(readdirSync(folder.dir)).toEqual(files)
        })
        expect(readdirSync(folder.dir)).toEqual(files)
        expect(readdirSync(temporary)).toEqual([])
      } finally {
        chmodSync(folder.dir, 0o700)
        rmSync(temporary, { recursive: true })
      }
    })
  })

  test('is enough: no temporary folder is needed', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story.slice(0, 2))
      await projected(folder)
      await appendAll(folder.open, story.slice(2))
      vi.stubEnv('TMPDIR', `${folder.dir}/none`)
      expect((await using(folder, null, tablesIn)).evidence).toHaveLength(1)
    })
  })
})
