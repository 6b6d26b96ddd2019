import { readdirSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { projections } from '../../projections/index.ts'
import type { AccountProjection } from '../../projections/projection.ts'
import { foldAccount } from '../../src/domain/account.ts'
import { decodeIncoming } from '../../src/domain/decode.ts'
import type { IncomingEvent, StoredEvent } from '../../src/domain/event.ts'
import { sampleEvent } from '../../src/domain/sample.ts'
import { stateAt } from '../../src/domain/standing.ts'
import { instantOf } from '../../src/domain/time.ts'
import { readDecoded } from '../../src/ledger/read.ts'
import { history } from '../../src/projection/events/tables.ts'
import { publishedFile } from '../../src/projection/files.ts'
import { often } from '../long/often.ts'
import { documentOf, histories, service } from '../replay/histories.ts'
import { appendAll, unwrap } from '../replay/ledgers.ts'
import { type Folder, projected, projectionError, rowsOf, tablesOf, withFolder } from './projecting.ts'

const DAY = 24
const versions = fc.sample(documentOf('v1'), { seed: 1, numRuns: 1 })
const document = versions[0] ?? fail('no document')

function fail(why: string): never {
  throw new Error(why)
}

/** A ruleset, a flag, a ban based on it, and a flag on another account. */
const story = (): ReadonlyArray<IncomingEvent> => [
  service.published(document),
  service.flagged('u1', 1, { flagId: 'f1', signals: { score: 9 } }),
  service.banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] }),
  service.flagged('u2', 3, { flagId: 'f2', signals: { score: 2 } }),
]

const countOf = async ({ dir }: Folder, table: string): Promise<number> =>
  Number((await rowsOf(dir, `SELECT count(*)::INTEGER AS n FROM ${table}`))[0]?.n)

/** Each account's own stream, by account. */
const streamsOf = async ({ open }: Folder, events: ReadonlyArray<IncomingEvent>) => {
  const accounts = new Set(events.filter((e) => e.type !== 'ruleset.published.v1').map((e) => e.subject))
  const streams = new Map<string, StoredEvent[]>()
  for (const account of [...accounts].sort()) {
    const own: StoredEvent[] = []
    for await (const page of readDecoded(open.ledger, open.ledger.readStream(`account-${account}`))) {
      own.push(...unwrap(page).map(({ event }) => event))
    }
    streams.set(account, own)
  }
  return streams
}

describe('the laws', () => {
  /** Events in another order, split into runs. */
  const delivered = histories.chain(({ events }) =>
    fc.record({
      events: fc.constant(events),
      shuffled: fc.shuffledSubarray([...events], { minLength: events.length }),
      cuts: fc.array(fc.integer({ min: 0, max: events.length }), { maxLength: 3 }),
    }),
  )

  test('any order of delivery, and any split into runs, gives the same tables', async () => {
    await fc.assert(
      fc.asyncProperty(delivered, async ({ events, shuffled, cuts }) => {
        const atOnce = await withFolder(async (folder) => {
          await appendAll(folder.open, events)
          await projected(folder)
          return tablesOf(folder.dir)
        })
        const inPieces = await withFolder(async (folder) => {
          const bounds = [0, ...cuts.sort((a, b) => a - b), shuffled.length]
          for (const [i, bound] of bounds.entries()) {
            await appendAll(folder.open, shuffled.slice(bounds[i - 1] ?? 0, bound))
            await projected(folder)
          }
          return tablesOf(folder.dir)
        })
        expect(inPieces).toEqual(atOnce)
      }),
      { numRuns: often(10, 50), endOnFailure: true },
    )
  })

  test('the state of an account at any time equals its row at that time', async () => {
    const hours = fc.array(fc.integer({ min: -10, max: 400 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(histories, hours, async ({ events }, times) => {
        await withFolder(async (folder) => {
          await appendAll(folder.open, events)
          await projected(folder)
          for (const hour of times) {
            const at = Date.UTC(2025, 2, 1) + hour * 3_600_000
            const rows = await rowsOf(
              folder.dir,
              `SELECT account, status, held_by FROM accounts_at(epoch_ms(${at}::BIGINT)) ORDER BY account`,
            )
            const expected = []
            for (const [account, own] of await streamsOf(folder, events)) {
              // Only what had happened by then.
              const happened = own.filter(({ time }) => instantOf(time) <= at)
              if (happened.length === 0) continue
              const state = stateAt(foldAccount(happened), at)
              const heldBy = state.status === 'active' ? [] : state.heldBy.map(({ decisionId }) => decisionId)
              expected.push({ account, status: state.status, held_by: heldBy })
            }
            expect(rows).toEqual(expected)
          }
          const rows = await rowsOf(
            folder.dir,
            `SELECT account, held_by, open_appeals, reversal_owed, standing_flags, removed_content, decisions
              FROM accounts ORDER BY account`,
          )
          const expected = []
          for (const [account, own] of await streamsOf(folder, events)) {
            if (own.length === 0) continue
            const record = foldAccount(own)
            const state = stateAt(record, Number.NEGATIVE_INFINITY)
            expected.push({
              account,
              held_by: state.status === 'active' ? [] : state.heldBy.map(({ decisionId }) => decisionId),
              open_appeals: state.openAppeals.flatMap((a) =>
                a.status === 'open' ? [a.filed.data.appealId] : [],
              ),
              reversal_owed: state.reversalOwed.map(({ decisionId }) => decisionId),
              standing_flags: state.standingFlags.length,
              removed_content: state.removedContent.length,
              decisions: record.decisions.length,
            })
          }
          expect(rows).toEqual(expected)
        })
      }),
      { numRuns: often(10, 50), endOnFailure: true },
    )
  })

  test('the sums of rule_health equal those over decisions', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ events }) => {
        await withFolder(async (folder) => {
          await appendAll(folder.open, events)
          await projected(folder)
          const found = await rowsOf(
            folder.dir,
            `SELECT rule, ruleset, ruleset_version, detector_kind, detector, detector_version, decisions, overturned,
              appealed, answered, won, decisions_automated, overturned_automated
              FROM rule_health WHERE decisions > 0 ORDER BY ALL`,
          )
          // A flag's first raising counts; a decision counts once for each origin of its grounds.
          const summed = await rowsOf(
            folder.dir,
            `WITH flags AS (
              SELECT account, flag_id, arg_min((rule, ruleset, ruleset_version, detector_kind, detector, detector_version),
                (occurred_at, source, id)) AS origin
              FROM events WHERE type = 'flag.raised.v1' GROUP BY ALL
            ), resting AS (
              SELECT DISTINCT account, decision_id, origin
              FROM (SELECT account, decision_id, unnest(grounds) AS flag_id FROM decisions) JOIN flags USING (account, flag_id)
            )
            SELECT origin[1] AS rule, origin[2] AS ruleset, origin[3] AS ruleset_version,
              origin[4]::VARCHAR AS detector_kind, origin[5] AS detector, origin[6] AS detector_version,
              count(*) AS decisions, count(overturned_by) AS overturned,
              count(*) FILTER (appeals > 0) AS appealed,
              count(*) FILTER (appeal_outcome <> 'pending') AS answered,
              count(*) FILTER (appeal_outcome = 'reversed') AS won,
              count(*) FILTER (automated_decision = 'fully') AS decisions_automated,
              count(overturned_by) FILTER (automated_decision = 'fully') AS overturned_automated
            FROM decisions LEFT JOIN resting USING (account, decision_id) GROUP BY ALL ORDER BY ALL`,
          )
          expect(found).toEqual(summed)
        })
      }),
      { numRuns: often(10, 50), endOnFailure: true },
    )
  })
})

describe('runs', () => {
  test('a run reads what is new, and the next one resumes from there', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      const first = await projected(folder)
      expect(first).toMatchObject({ sequence: 4, events: 4, rebuilt: 'nothing was published yet' })

      await appendAll(folder.open, [service.flagged('u3', 9, { flagId: 'f3' })])
      const second = await projected(folder)

      expect(second).toMatchObject({ sequence: 5, events: 1, rebuilt: null, poisons: [] })
      expect(await countOf(folder, 'accounts')).toBe(3)
    })
  })

  test('a run with nothing to do changes nothing', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      const before = await tablesOf(folder.dir)
      expect(await projected(folder)).toMatchObject({ sequence: 4, events: 0, rebuilt: null })
      expect(await tablesOf(folder.dir)).toEqual(before)
    })
  })

  test('an empty ledger gives empty tables', async () => {
    await withFolder(async (folder) => {
      expect(await projected(folder)).toMatchObject({ sequence: 0, events: 0 })
      expect(await countOf(folder, 'events')).toBe(0)
      expect(await rowsOf(folder.dir, 'FROM cursor')).toMatchObject([{ sequence: '0', recorded_at: null }])
    })
  })

  test('the published file says which version of the vocabulary its events need', async () => {
    await withFolder(async (folder) => {
      const published = async () => (await rowsOf(folder.dir, 'SELECT vocabulary FROM cursor'))[0]?.vocabulary
      const { ledger } = folder.open
      await projected(folder)
      expect(await published()).toBe(1)
      await appendAll(folder.open, story())
      const raised = { ...ledger, vocabulary: async () => E.right(7) }
      await projected({ ...folder, open: { ...folder.open, ledger: raised } })
      expect(await published()).toBe(7)
    })
  })

  test('a rescoring is shown next to what its flag had, and its declared signals have columns', async () => {
    await withFolder(async (folder) => {
      const again = unwrap(
        decodeIncoming({
          ...sampleEvent('flag.rescored.v1'),
          subject: 'u1',
          data: {
            flagId: 'f1',
            detector: { kind: 'model', id: 'vision', version: '2' },
            signals: { score: 1, undeclared: 'x' },
          },
        }),
      ).event
      await appendAll(folder.open, [...story(), again])
      await projected(folder)
      expect(
        await rowsOf(
          folder.dir,
          `SELECT r.flag_id, r.detector, r.signals->>'$.score' AS now, r.raised_signals->>'$.score' AS raised,
            d.decision_id, e.signal_score_int::INTEGER AS typed FROM rescorings r
          JOIN decisions d ON d.account = r.account AND list_contains(d.grounds, r.flag_id)
          JOIN events e ON e.account = r.account AND e.flag_id = r.flag_id AND e.type = 'flag.rescored.v1'`,
        ),
      ).toEqual([
        {
          flag_id: 'f1',
          detector: 'vision',
          now: '1',
          raised: '9',
          decision_id: 'd1',
          typed: 1,
        },
      ])
      expect(await rowsOf(folder.dir, 'SELECT vocabulary FROM cursor')).toEqual([{ vocabulary: 2 }])
    })
  })

  test('a late event causes its account to be folded again', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      await appendAll(folder.open, [service.flagged('u1', 0.5, { flagId: 'f0', signals: { score: 1 } })])
      await projected(folder)
      const [account] = await rowsOf(
        folder.dir,
        "SELECT events, first_at, strikes FROM accounts WHERE account = 'u1'",
      )
      expect(account?.events).toBe(3)
      expect(account?.first_at).toBe('2025-03-01 00:30:00')
    })
  })

  test('a ruleset that is published late sets the points of the flags that name it', async () => {
    await withFolder(async (folder) => {
      const [published, ...others] = story()
      await appendAll(folder.open, others)
      await projected(folder)
      const [before] = await rowsOf(folder.dir, "FROM accounts WHERE account = 'u1'")
      expect(before).toMatchObject({ strikes: [], unpriced_flags: 1 })

      await appendAll(folder.open, [published ?? fail('no ruleset')])
      await projected(folder)

      const [after] = await rowsOf(folder.dir, "FROM accounts WHERE account = 'u1'")
      expect(after).toMatchObject({ strikes: [{ flag_id: 'f1', points: 2 }], unpriced_flags: 0 })
    })
  })

  test('a restored ledger that has diverged is reported, and everything is rebuilt', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      await withFolder(async (other) => {
        await appendAll(other.open, story().toReversed())
        await cp(join(folder.dir, 'projections.duckdb'), join(other.dir, 'projections.duckdb'))

        const { rebuilt, sequence } = await projected(other)

        expect(rebuilt).toMatch(/another ledger, or from a later state/)
        expect(sequence).toBe(4)
        expect(await tablesOf(other.dir)).toEqual(await tablesOf(folder.dir))
      })
    })
  })

  test('a damaged published file is rebuilt', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      await writeFile(join(folder.dir, 'projections.duckdb'), 'no database')
      expect((await projected(folder)).rebuilt).toMatch(/cannot be read/)
      expect(await countOf(folder, 'accounts')).toBe(2)
    })
  })

  test('no working file is left behind', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      await projected(folder, { rebuild: true })
      expect(readdirSync(folder.dir).filter((name) => name.startsWith('projections'))).toEqual([
        'projections.duckdb',
        'projections.lock',
      ])
    })
  })

  test('one process at a time projects into a folder', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      const stop = new AbortController()
      const published = Promise.withResolvers<void>()
      const following = projected(folder, {
        follow: true,
        signal: stop.signal,
        watch: { onPublish: () => published.resolve() },
      })
      await published.promise

      expect(await projectionError(folder)).toMatchObject({ kind: 'busy' })

      stop.abort()
      await following
      expect(await projected(folder)).toMatchObject({ events: 0 })
    })
  })
})

describe('times', () => {
  test('a strike that would expire after the last instant does not expire', async () => {
    await withFolder(async (folder) => {
      const lasting = {
        ...document,
        rules: document.rules.map((rule) => ({ ...rule, strikes_expire_after: '3d' })),
      }
      const year9999 = (Date.UTC(9999, 11, 31, 12) - Date.UTC(2025, 2, 1)) / 3_600_000
      await appendAll(folder.open, [
        service.published(lasting),
        service.flagged('u1', year9999, { flagId: 'f1', signals: { score: 9 } }),
      ])
      expect((await projected(folder)).poisons).toEqual([])
      expect(
        await rowsOf(folder.dir, 'SELECT strikes[1].points AS p, strikes[1].expires_at AS e FROM accounts'),
      ).toEqual([{ p: 2, e: null }])
    })
  })

  test('a time with an offset is that instant, one without an offset is in UTC', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      const status = async (at: string) =>
        (await rowsOf(folder.dir, `SELECT status FROM accounts_at(${at}) WHERE account = 'u1'`))[0]?.status ??
        null
      // Banned at 02:00 in UTC, on the first of March.
      expect(await status("'2025-03-01T02:30:00'")).toBe('suspended')
      expect(await status("'2025-03-01T01:30:00Z'")).toBe('active')
      expect(await status("'2025-03-01T03:30:00+02:00'")).toBe('active')
      expect(await status("TIMESTAMPTZ '2025-03-01T01:30:00-01:00'")).toBe('suspended')
      expect(await status("TIMESTAMP '2025-03-01 02:00:00'")).toBe('suspended')
      expect(await status("DATE '2025-03-02'")).toBe('suspended')
      expect(await status("DATE '2025-03-01'")).toBe(null)
      expect(await status('(SELECT max(made_at) FROM decisions)')).toBe('suspended')
      expect(await status('NULL')).toBe(null)
    })
  })
})

describe('published tables describe themselves', () => {
  const undescribed = (dir: string) =>
    rowsOf(
      dir,
      `SELECT table_name AS t, column_name AS c FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL SELECT view_name, NULL FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL SELECT function_name, NULL FROM duckdb_functions() WHERE NOT internal AND coalesce(comment, '') = ''
        ORDER BY ALL`,
    )
  /** The table signal_columns says what these are. */
  const signalsEverywhere = (...signals: ReadonlyArray<string>) =>
    ['actions', 'events', 'evidence'].flatMap((t) => signals.map((c) => ({ t, c })))

  test('every table, view, macro and column except those of signals has a description, also after more was projected', async () => {
    await withFolder(async (folder) => {
      await projected(folder)
      expect(await undescribed(folder.dir)).toEqual([])
      const signals = async () =>
        (await rowsOf(folder.dir, 'SELECT column_name AS c FROM signal_columns ORDER BY c')).map(({ c }) =>
          String(c),
        )
      await appendAll(folder.open, [service.published(document)])
      await projected(folder)
      const declared = await signals()
      expect(await undescribed(folder.dir)).toEqual(signalsEverywhere(...declared))
      await appendAll(folder.open, [
        service.published({ ...document, version: 'v2', signals: { ...document.signals, seen: 'bool' } }),
      ])
      await projected(folder)
      expect(await signals()).toHaveLength(declared.length + 1)
      expect(await undescribed(folder.dir)).toEqual(signalsEverywhere(...(await signals())))
      expect(
        await rowsOf(
          folder.dir,
          "SELECT comment FROM duckdb_columns() WHERE table_name = 'events' AND column_name = 'account'",
        ),
      ).toEqual([{ comment: 'the account; null: it is not about an account' }])
    })
  })

  test('a column means the same in a view as in its table', async () => {
    await withFolder(async (folder) => {
      await projected(folder)
      expect(
        await rowsOf(
          folder.dir,
          `SELECT table_name AS t, comment FROM duckdb_columns() WHERE column_name = 'filed_at' ORDER BY t`,
        ),
      ).toEqual([
        { t: 'appeals', comment: 'when it was filed' },
        { t: 'unanswered_appeals', comment: 'when it was filed' },
      ])
    })
  })
})

describe('versions', () => {
  const counted: AccountProjection = {
    of: 'account',
    name: 'counted',
    version: 1,
    about: 'for this test',
    columns: { account: { type: 'VARCHAR', about: '' }, n: { type: 'INTEGER', about: '' } },
    fold: ({ account, events }) => [{ account, n: events.length }],
    views: [
      {
        kind: 'VIEW',
        name: 'counted_all',
        about: 'all of them',
        sql: 'CREATE OR REPLACE VIEW counted_all AS SELECT sum(n)::INTEGER AS n FROM counted',
      },
    ],
  }

  test('a projection that is new, or has a new version, is rebuilt from the history', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)

      const added = await projected(folder, { projections: [...projections, counted] })
      expect(added).toMatchObject({ renewed: ['counted'], rebuilt: null, events: 0 })
      expect(await rowsOf(folder.dir, 'FROM counted_all')).toEqual([{ n: 3 }])

      const doubled = { ...counted, version: 2, fold: () => [{ account: 'x', n: 10 }] }
      const changed = await projected(folder, { projections: [...projections, doubled] })
      expect(changed.renewed).toEqual(['counted'])
      expect(await rowsOf(folder.dir, 'FROM counted_all')).toEqual([{ n: 20 }])
    })
  })

  test('a projection with changed columns is rebuilt even if its version was not raised', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder, { projections: [...projections, counted] })

      const wider = { ...counted, columns: { ...counted.columns, n: { type: 'BIGINT', about: '' } } }
      const changed = await projected(folder, { projections: [...projections, wider] })
      expect(changed).toMatchObject({ renewed: ['counted'], rebuilt: null })
      const again = await projected(folder, { projections: [...projections, wider] })
      expect(again.renewed).toEqual([])
    })
  })

  test('a projection with a changed view is rebuilt even if its version was not raised', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder, { projections: [...projections, counted] })

      const sql = 'CREATE OR REPLACE VIEW counted_all AS SELECT 2 * sum(n)::INTEGER AS n FROM counted'
      const views = counted.views.map((view) => ({ ...view, sql }))
      const changed = await projected(folder, { projections: [...projections, { ...counted, views }] })
      expect(changed).toMatchObject({ renewed: ['counted'], rebuilt: null })
      expect(await rowsOf(folder.dir, 'FROM counted_all')).toEqual([{ n: 6 }])
    })
  })

  const published = async ({ dir }: Folder, sql: string): Promise<void> => {
    const instance = await DuckDBInstance.create(publishedFile(dir))
    const connection = await instance.connect()
    await connection.run(sql)
    connection.closeSync()
    instance.closeSync()
  }

  test.each([
    [
      'an earlier Redress made',
      'ALTER TABLE projections DROP definition; UPDATE projections SET version = 1; DROP TABLE account_ids CASCADE',
      `an earlier Redress wrote it: events has version 1, this one writes ${history.version}`,
    ],
    [
      'has other columns',
      "UPDATE projections SET definition = 'x' WHERE name = 'events'",
      'another Redress wrote it: events has other columns or views',
    ],
  ])('a history that %s is rebuilt', async (_, sql, why) => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      const before = await tablesOf(folder.dir)
      await published(folder, sql)

      const { rebuilt } = await projected(folder)
      expect(rebuilt).toBe(why)
      expect(await tablesOf(folder.dir)).toEqual(before)
      expect((await projected(folder)).rebuilt).toBeNull()
    })
  })

  test.each(['events', 'accounts'])(
    'what a newer Redress published is left as it is, if %s is newer, unless a rebuild is requested',
    async (name) => {
      await withFolder(async (folder) => {
        await appendAll(folder.open, story())
        await projected(folder)
        const before = await tablesOf(folder.dir)
        await published(folder, `UPDATE projections SET version = version + 1 WHERE name = '${name}'`)

        const { message } = await projectionError(folder)
        const file = publishedFile(folder.dir)
        const due = [history, ...projections].find((one) => one.name === name)?.version ?? fail('no version')
        expect(message).toBe(
          `${file} is left as it is (a newer Redress wrote it: ${name} has version ${due + 1}, this one writes ${due}): ` +
            'update Redress, or rebuild the projections for this version with redress project --rebuild',
        )
        expect((await projected(folder, { rebuild: true })).rebuilt).toBe('--rebuild was given')
        expect(await tablesOf(folder.dir)).toEqual(before)
      })
    },
  )

  test.each([
    ['a column too many', () => [{ account: 'u', n: 1, odd: 2 }]],
    ['a column too few', () => [{ account: 'u' }]],
  ])('rows with %s stop that projection only', async (_, fold) => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      const { poisons } = await projected(folder, { projections: [...projections, { ...counted, fold }] })
      expect(poisons).toMatchObject([
        { projection: 'counted', message: expect.stringMatching(/columns differ/) },
      ])
    })
  })

  test('a removed projection is dropped', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder, { projections: [...projections, counted] })
      await appendAll(folder.open, [service.flagged('u9', 9, { flagId: 'f9' })])
      await projected(folder)
      expect(await rowsOf(folder.dir, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'counted'")).toEqual(
        [],
      )
    })
  })

  test('a fold that throws names the event and stops that projection only, until it is fixed', async () => {
    await withFolder(async (folder) => {
      const brittle: AccountProjection = {
        ...counted,
        fold: ({ account, events }) => {
          if (events.some(({ type }) => type === 'account.deactivated.v1')) throw new Error('no bans, please')
          return [{ account, n: events.length }]
        },
      }
      const both = [...projections, brittle]
      await appendAll(folder.open, [...story().slice(0, 2), ...story().slice(3)])
      await projected(folder, { projections: both })
      const ban = service.banned('u1', 2, { decisionId: 'd1', grounds: ['f1'] })
      await appendAll(folder.open, [ban, service.flagged('u1', 5, { flagId: 'f5' })])

      const { poisons, sequence } = await projected(folder, { projections: both })

      expect(sequence).toBe(5)
      expect(poisons).toEqual([
        { projection: 'counted', sequence: 4, event: `/test ${ban.id}`, message: 'no bans, please' },
      ])
      expect(await countOf(folder, 'decisions')).toBe(1)
      expect(
        await rowsOf(
          folder.dir,
          'SELECT name, sequence::INTEGER AS s, poison_event FROM projections ORDER BY s, name',
        ),
      ).toMatchObject([
        { name: 'counted', s: 3, poison_event: `/test ${ban.id}` },
        ...[history, ...projections].map(() => ({ s: 5 })),
      ])
      expect(await rowsOf(folder.dir, 'FROM counted_all')).toEqual([{ n: 2 }])

      expect((await projected(folder, { projections: both })).poisons).toHaveLength(1)

      const mended = { ...counted, version: 2 }
      expect(await projected(folder, { projections: [...projections, mended] })).toMatchObject({
        renewed: ['counted'],
        poisons: [],
      })
      expect(await rowsOf(folder.dir, 'FROM counted_all')).toEqual([{ n: 4 }])
    })
  })
})

describe('following', () => {
  test('what is appended is published, and stopping publishes the rest', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      const stop = new AbortController()
      const sequences: number[] = []
      const following = projected(folder, {
        follow: true,
        signal: stop.signal,
        watch: { onPublish: (sequence) => sequences.push(sequence) },
      })
      while (sequences.length === 0) await setTimeout(20)
      expect(await countOf(folder, 'accounts')).toBe(2)

      await appendAll(folder.open, [service.flagged('u3', DAY, { flagId: 'f3' })])
      await setTimeout(1_000)
      stop.abort()

      expect(await following).toMatchObject({ sequence: 5, isStopped: false })
      expect(sequences.at(-1)).toBe(5)
      expect(await countOf(folder, 'accounts')).toBe(3)
    })
  })

  test('a run that is stopped before it catches up leaves what is published as it was', async () => {
    await withFolder(async (folder) => {
      await appendAll(folder.open, story())
      await projected(folder)
      await appendAll(folder.open, [service.flagged('u3', DAY, { flagId: 'f3' })])
      const result = await projected(folder, { signal: AbortSignal.abort() })
      expect(result).toMatchObject({ isStopped: true, sequence: 4 })
      expect(await countOf(folder, 'accounts')).toBe(2)
    })
  })
})

test('declared signals have typed columns, whether the ruleset or the event came first', async () => {
  await withFolder(async (folder) => {
    const [published, flagged, ...others] = story()
    await appendAll(folder.open, [flagged ?? fail('no flag')])
    await projected(folder)
    await appendAll(folder.open, [published ?? fail('no ruleset'), ...others])
    await projected(folder)
    expect(
      await rowsOf(
        folder.dir,
        'SELECT signal_score_int FROM events WHERE flag_id IS NOT NULL ORDER BY flag_id',
      ),
    ).toEqual([{ signal_score_int: '9' }, { signal_score_int: '2' }])
    expect(await rowsOf(folder.dir, 'FROM signal_columns ORDER BY signal')).toEqual([
      { signal: 'drawn', type: 'bool', column_name: 'signal_drawn_bool' },
      { signal: 'score', type: 'int', column_name: 'signal_score_int' },
    ])
  })
})
