import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Decision, foldAccount } from '../../../src/domain/account.ts'
import type { EventType, IncomingEvent, StoredEvent } from '../../../src/domain/event.ts'
import { comparePlaces, placeOf } from '../../../src/domain/order.ts'
import { readDecoded } from '../../../src/ledger/read.ts'
import { correctionsOf } from '../../../src/reports/statements/correction.ts'
import { FolderError, openFolder } from '../../../src/reports/statements/folder.ts'
import { puidOfChange } from '../../../src/reports/statements/stated.ts'
import { statementProblems } from '../../../src/reports/statements/statement.ts'
import { often } from '../../long/often.ts'
import { type Folder, projected, withFolder } from '../../projection/projecting.ts'
import { histories, service } from '../../replay/histories.ts'
import { appendAll, unwrap } from '../../replay/ledgers.ts'
import { contentsOf, exporting, given, good, goodText } from './exporting.ts'
import { mappingOf } from './mappings.ts'

/** Fills only removals of pins. */
const poor = mappingOf(`
territorial_scope: EU
content_types: {pin: [CONTENT_TYPE_IMAGE]}
content_date: application_date
source_type: SOURCE_VOLUNTARY
default: {basis: terms, terms: {ground: Terms, explanation: They forbid it.}, facts: Facts.}
categories: {alpha: {category: STATEMENT_CATEGORY_VIOLENCE}}
`)

const stored = async ({ open }: Folder): Promise<ReadonlyArray<StoredEvent>> => {
  const events: StoredEvent[] = []
  for await (const page of readDecoded(open.ledger, open.ledger.readAll(null)))
    events.push(...unwrap(page).map(({ event }) => event))
  return events
}

const isMade = ({ type }: StoredEvent): boolean =>
  type === 'account.deactivated.v1' || type === 'content.removed.v1'
const idOf = (event: StoredEvent): string => ('decisionId' in event.data ? String(event.data.decisionId) : '')

type Due = { readonly account: string; readonly decisionId: string; readonly puid: string }

/** The changes that a statement is due for, found by folding what was known when each was recorded. */
const harsherIn = (all: ReadonlyArray<StoredEvent>): ReadonlyArray<Due> =>
  all.flatMap((event, i) => {
    if (event.type !== 'decision.changed.v1') return []
    const { subject, data } = event
    const isOwn = (each: StoredEvent) => each.subject === subject
    const made = all.find((each) => isOwn(each) && isMade(each) && idOf(each) === data.decisionId)
    if (made === undefined) return []
    const earlier = all
      .slice(0, i)
      .filter((each) => isOwn(each) && !isMade(each) && comparePlaces(placeOf(each), placeOf(event)) < 0)
    const [before] = foldAccount([made, ...earlier]).decisions
    const [after] = foldAccount([made, ...earlier, event]).decisions
    if (before === undefined || after === undefined || before.reversals.length > 0) return []
    const ends = ({ until }: Decision): number => until ?? Number.POSITIVE_INFINITY
    const rank = (decision: Decision): number =>
      decision.kind === 'deactivation' && decision.restriction === 'terminated' ? 1 : 0
    return rank(after) > rank(before) || ends(after) > ends(before)
      ? [{ account: subject, decisionId: data.decisionId, puid: puidOfChange(event) }]
      : []
  })

/** Has the run end at its first account, as a kill would. */
const kill = (): never => {
  throw new Error('killed')
}

/** Starts again with the folder as it was before a run, then as that run left it when it was killed while moving. */
const killedWhileMoving = async (before: string, dir: string, moved: number): Promise<void> => {
  const whole = join(before, '.whole')
  await mkdir(whole)
  const earlier = new Set(await readdir(before))
  const names = (await readdir(dir)).filter((name) => !earlier.has(name) || !name.startsWith('batch-')).sort()
  const ordered = [...names.filter((name) => name !== 'cursor.json'), 'cursor.json']
  for (const [i, name] of ordered.entries()) await cp(join(dir, name), join(i < moved ? before : whole, name))
  await rm(dir, { recursive: true })
  await rename(before, dir)
}

describe('every decision, and every change that made it harsher, is exported once or is an error', () => {
  test('for any history, split into any runs, killed anywhere', async () => {
    const step = fc.record({
      share: fc.integer({ min: 1, max: 40 }),
      mapping: fc.constantFrom(good, good, poor),
      isKilled: fc.boolean(),
      moved: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
    })
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(step, { minLength: 1, maxLength: 3 }),
        async ({ events }, steps) => {
          await withFolder(async (folder) => {
            const dir = join(folder.dir, 'out')
            let rest: ReadonlyArray<IncomingEvent> = events
            for (const { share, mapping, isKilled, moved } of [
              ...steps,
              { share: 1000, mapping: good, isKilled: true, moved: 1 },
            ]) {
              await appendAll(folder.open, rest.slice(0, share))
              rest = rest.slice(share)
              await projected(folder)
              if (isKilled) await exporting(folder.dir, dir, { mapping, onProgress: kill }).catch(() => {})
              const before = join(folder.dir, 'before')
              await mkdir(dir, { recursive: true })
              await cp(dir, before, { recursive: true })
              await exporting(folder.dir, dir, { mapping })
              if (moved === null) await rm(before, { recursive: true })
              else {
                const whole = await contentsOf(dir)
                await killedWhileMoving(before, dir, moved)
                await openFolder(dir, mapping.sha256)
                expect(await contentsOf(dir)).toEqual(whole)
              }
            }

            const { puids, batches, corrections, errors, cursor, names } = await contentsOf(dir)
            const all = await stored(folder)
            const first = new Map<string, string>()
            for (const event of all.filter(isMade))
              if (!first.has(idOf(event))) first.set(idOf(event), event.subject)
            const foreign = new Set(
              all
                .filter((event) => isMade(event) && first.get(idOf(event)) !== event.subject)
                .map((event) => `${event.subject} ${idOf(event)}`),
            )
            const changes = harsherIn(all)
            const accountOf = new Map(first)
            for (const { account, decisionId, puid } of changes)
              if (first.get(decisionId) === account) accountOf.set(puid, account)
            const unfilled = new Set(
              errors.map(({ account, decisionId, puid = decisionId }) => `${account} ${puid}`),
            )
            const exported = puids.map((puid) => `${accountOf.get(puid)} ${puid}`)
            const own = Array.from(first, ([id, account]) => `${account} ${id}`)
            const changed = changes.map(({ account, puid }) => `${account} ${puid}`)
            expect([...exported, ...unfilled].sort()).toEqual([...own, ...foreign, ...changed].sort())
            for (const { account, decisionId, field } of errors) {
              // All that such a history can have against it: an id of two accounts, an end before the decision.
              const isForeign = foreign.has(`${account} ${decisionId}`)
              expect(field).toMatch(isForeign ? /^puid$/ : /^end_date_(account|visibility)_restriction$/)
            }
            for (const statement of batches.flat()) expect(statementProblems(statement)).toEqual([])
            expect(names.filter((name) => name.startsWith('.'))).toEqual([])
            expect(cursor).toMatchObject({
              sequence: all.length,
              statements: puids.length,
              batches: batches.length,
              unfilled: errors.filter(({ final }) => final !== true).length,
              final: errors.filter(({ final }) => final === true).length,
            })

            const listed = corrections.map(({ puid }) => puid)
            expect(new Set(listed).size).toBe(listed.length)
            for (const puid of listed) expect(puids).toContain(puid)
            for (const account of new Set(first.values())) {
              const record = foldAccount(all.filter(({ subject }) => subject === account))
              // Of one that could not be filled there is nothing to correct.
              for (const id of correctionsOf(record).keys()) {
                if (first.get(id) !== account) continue
                const ofIt = changes.filter(
                  (change) => change.account === account && change.decisionId === id,
                )
                for (const puid of [id, ...ofIt.map((change) => change.puid)])
                  if (puids.includes(puid)) expect(listed).toContain(puid)
              }
            }
          })
        },
      ),
      { numRuns: often(10, 50) },
    )
  })
})

const HOUR = 3_600_000
const START = Date.UTC(2025, 2, 1)
const removal = (n: number, fields: object = {}) =>
  service.removed('u1', n, { decisionId: `d${n}`, content: { id: `${n}`, kind: 'pin' }, ...fields })

describe('an export', () => {
  test('has batches of 100, and the next run starts a new one', async () => {
    const removals = Array.from({ length: 250 }, (_, n) => removal(n))
    await given(removals.slice(0, 205), async (folder, out) => {
      await exporting(folder.dir, out)
      const before = await contentsOf(out)
      expect(before.batches.map((batch) => batch.length)).toEqual([100, 100, 5])
      await appendAll(folder.open, removals.slice(205))
      await projected(folder)
      expect(await exporting(folder.dir, out)).toMatchObject({
        now: { batches: 1, statements: 45, corrections: 0 },
      })
      const after = await contentsOf(out)
      expect(after.batches.map((batch) => batch.length)).toEqual([100, 100, 5, 45])
      expect(after.batches.slice(0, 3)).toEqual(before.batches)
    })
  })

  test('gives the same bytes again', async () => {
    await given([removal(1), removal(2)], async (folder, out) => {
      await exporting(folder.dir, out)
      const other = await mkdtemp(join(folder.dir, 'out-'))
      await exporting(folder.dir, other)
      for (const name of await readdir(out)) {
        expect(await readFile(join(other, name), 'utf8')).toBe(await readFile(join(out, name), 'utf8'))
      }
      const before = await contentsOf(out)
      await exporting(folder.dir, out)
      expect(await contentsOf(out)).toEqual(before)
    })
  })

  test('retries what it could not fill with a better mapping', async () => {
    await given([removal(1), service.banned('u2', 2, { decisionId: 'd2' })], async (folder, out) => {
      await exporting(folder.dir, out, { mapping: poor })
      const { puids, errors, cursor } = await contentsOf(out)
      expect(puids).toEqual(['d1'])
      expect(errors).toEqual([
        {
          decisionId: 'd2',
          account: 'u2',
          field: 'content_type',
          problem: expect.any(String),
          todo: 'add account_content_type',
        },
      ])
      expect(cursor.unfilled).toBe(1)
      await exporting(folder.dir, out)
      const after = await contentsOf(out)
      expect(after.puids).toEqual(['d1', 'd2'])
      expect(after.errors).toEqual([])
    })
  })

  test('takes the source of a decision from the notice on record', async () => {
    const data = { noticeId: 'n1', notifier: 'trusted_flagger', category: 'alpha' }
    const notice = happened('notice.received.v1', 'u1', 1, data)
    const flag = service.flagged('u1', 2, { flagId: 'f1', source: 'user_notice', noticeId: 'n1' })
    await given([notice, flag, removal(3, { grounds: ['f1'] })], async (folder, out) => {
      await exporting(folder.dir, out)
      const { batches } = await contentsOf(out)
      expect(batches.flat()).toMatchObject([{ puid: 'd3', source_type: 'SOURCE_TRUSTED_FLAGGER' }])
    })
  })

  describe('leaves out', () => {
    const flag = (n: number, source: string) => service.flagged('u1', n, { flagId: `f${n}`, source })
    const events = [
      flag(1, 'authority'),
      flag(2, 'user_notice'),
      removal(3, { grounds: ['f1', 'f2'] }),
      removal(4, { grounds: ['f2'] }),
      removal(5, { content: { id: '5', kind: 'board' } }),
      removal(6, { category: 'beta' }),
      service.banned('u1', 7, { decisionId: 'd7' }),
    ]

    test('orders to act, unless the mapping says otherwise', async () => {
      await given(events.slice(0, 4), async (folder, out) => {
        expect(await exporting(folder.dir, out)).toMatchObject({ now: { statements: 1, leftOut: 1 } })
        const order = { decisionId: 'd3', account: 'u1', source: 'authority' }
        expect(await contentsOf(out)).toMatchObject({ puids: ['d4'], errors: [], leftOut: [order] })

        await appendAll(folder.open, [removal(9), restored('u1', 10, ['d3', 'd4'], 'correction')])
        await projected(folder)
        expect(await exporting(folder.dir, out)).toMatchObject({ now: { statements: 1, leftOut: 0 } })
        const second = await contentsOf(out)
        expect(second).toMatchObject({ puids: ['d4', 'd9'], leftOut: [order], cursor: { leftOut: 1 } })
        expect(second.corrections.map(({ puid }) => puid)).toEqual(['d4'])

        const mapping = mappingOf(`${goodText}leave_out: {sources: []}`)
        await exporting(folder.dir, out, { mapping })
        const third = await contentsOf(out)
        expect(third).toMatchObject({ puids: ['d4', 'd9', 'd3'], leftOut: [], cursor: { leftOut: 0 } })
        expect(third.batches.flat()[2]).toMatchObject({ source_type: 'SOURCE_TYPE_OTHER_NOTIFICATION' })
        expect(third.corrections.map(({ puid }) => puid)).toEqual(['d4', 'd3'])
      })
    })

    test('what the mapping names, and exports what another one does not name', async () => {
      await given(events, async (folder, out) => {
        const leave_out = '{categories: [beta], kinds: [board, account], sources: [user_notice]}'
        await exporting(folder.dir, out, { mapping: mappingOf(`${goodText}leave_out: ${leave_out}`) })
        const first = await contentsOf(out)
        expect(first.puids).toEqual(['d3'])
        expect(first.errors).toEqual([])
        expect(first.leftOut).toEqual([
          { decisionId: 'd4', account: 'u1', source: 'user_notice' },
          { decisionId: 'd5', account: 'u1', kind: 'board' },
          { decisionId: 'd6', account: 'u1', category: 'beta' },
          { decisionId: 'd7', account: 'u1', kind: 'account' },
        ])

        await exporting(folder.dir, out, { mapping: mappingOf(`${goodText}leave_out: {categories: [beta]}`) })
        const second = await contentsOf(out)
        expect(second.puids).toEqual(['d3', 'd4', 'd5', 'd7'])
        expect(second.leftOut).toEqual([{ decisionId: 'd6', account: 'u1', category: 'beta' }])
      })
    })

    test('of the decisions with flags that are not on record, only those by order', async () => {
      const late = [removal(3, { grounds: ['f1', 'f9'] }), removal(4, { grounds: ['f2', 'f9'] })]
      await given([...events.slice(0, 2), ...late], async (folder, out) => {
        const text = goodText.replace('missing_grounds: ignore', 'missing_grounds: wait')
        const mapping = mappingOf(`${text}leave_out: {sources: [authority, user_notice]}`)
        await exporting(folder.dir, out, { mapping })
        const first = await contentsOf(out)
        expect(first.leftOut.map(({ decisionId }) => decisionId)).toEqual(['d3'])
        expect(first.errors).toMatchObject([{ decisionId: 'd4', field: 'source_type' }])

        await appendAll(folder.open, [flag(9, 'trusted_flagger')])
        await projected(folder)
        await exporting(folder.dir, out, { mapping })
        expect(await contentsOf(out)).toMatchObject({ puids: ['d4'], errors: [], cursor: { leftOut: 1 } })
      })
    })
  })

  describe('of a decision that is made harsher', () => {
    const until = (hour: number) => new Date(START + hour * HOUR).toISOString()
    const ban = service.banned('u1', 1, { decisionId: 'd1', restriction: 'suspended', until: until(500) })
    const changed = (hour: number, data: object) =>
      happened('decision.changed.v1', 'u1', hour, { decisionId: 'd1', reason: 'correction', ...data })
    const longer = changed(30, { until: until(900) })
    const terminated = changed(60, { restriction: 'terminated', until: null })
    // SHA-256 of "/test decision.changed.v1-30", and of "...-60".
    const [ofLonger, ofTerminated] = ['d1_c_6bf47c1e3ad6e4c9', 'd1_c_c950fdacd1656a6c']

    test('has a statement for each such change, and none for other changes', async () => {
      const milder = changed(45, { until: until(800) })
      const facts = 'facts: ["{action} until {until}", "{action}"]'
      const mapping = mappingOf(goodText.replace('facts: Facts.', facts))
      await given([ban, longer, milder, changed(46, {})], async (folder, out) => {
        await exporting(folder.dir, out, { mapping })
        expect((await contentsOf(out)).puids).toEqual(['d1', ofLonger])
        await appendAll(folder.open, [terminated])
        await projected(folder)
        await exporting(folder.dir, out, { mapping })
        await exporting(folder.dir, out, { mapping })
        const { batches, errors } = await contentsOf(out)
        expect(errors).toEqual([])
        expect(batches.flat()).toMatchObject([
          { puid: 'd1', application_date: '2025-03-01', end_date_account_restriction: '2025-03-21' },
          { puid: ofLonger, application_date: '2025-03-02', end_date_account_restriction: '2025-04-07' },
          {
            puid: ofTerminated,
            application_date: '2025-03-03',
            decision_account: 'DECISION_ACCOUNT_TERMINATED',
          },
        ])
        for (const statement of batches.flat()) expect(statementProblems(statement)).toEqual([])
        expect(batches.flat().map(({ decision_facts }) => decision_facts)).toEqual([
          'suspended until 2025-03-21',
          'suspended until 2025-04-07',
          'terminated',
        ])
        expect(batches.flat()[2]).not.toHaveProperty('end_date_account_restriction')
      })
    })

    test('corrects each of its statements when it is overturned', async () => {
      await given([ban, longer, reinstated('u1', 70, ['d1'], 'appeal')], async (folder, out) => {
        await exporting(folder.dir, out)
        const at = new Date(START + 70 * HOUR).toISOString()
        expect((await contentsOf(out)).corrections).toEqual([
          { puid: 'd1', at, reason: 'appeal' },
          { puid: ofLonger, at, reason: 'appeal' },
        ])
      })
    })

    test('leaves out a change by order, though the decision was the platform\u2019s own', async () => {
      await given([ban, changed(30, { until: null, reason: 'order' })], async (folder, out) => {
        await exporting(folder.dir, out)
        expect(await contentsOf(out)).toMatchObject({
          puids: ['d1'],
          leftOut: [{ decisionId: 'd1', puid: ofLonger, account: 'u1', source: 'authority' }],
        })
      })
    })

    test('lists a change from before 2020 once', async () => {
      // Cast: only the time is another.
      const early = (event: IncomingEvent) => ({ ...event, time: '2019-12-31T00:00:00Z' }) as IncomingEvent
      await given([ban, terminated].map(early), async (folder, out) => {
        for (const final of [2, 0]) {
          expect(await exporting(folder.dir, out)).toMatchObject({ now: { final } })
          expect((await contentsOf(out)).errors).toMatchObject([
            { decisionId: 'd1', field: 'application_date', final: true },
            { decisionId: 'd1', puid: ofTerminated, field: 'application_date', final: true },
          ])
        }
      })
    })

    test('belongs to the period of the change', async () => {
      await given([ban, longer, terminated], async (folder, out) => {
        await exporting(folder.dir, out, { from: START + 20 * HOUR, to: START + 40 * HOUR })
        expect((await contentsOf(out)).puids).toEqual([ofLonger])
      })
    })

    test('adds statements of earlier changes to a folder that an earlier version started', async () => {
      await given([ban, longer], async (folder, out) => {
        await exporting(folder.dir, out, { to: START + 20 * HOUR })
        const { remarks: _r, final: _f, leftOut: _l, ...rest } = (await contentsOf(out)).cursor
        const cursor = { ...rest, version: '1', to: null }
        await writeFile(join(out, 'cursor.json'), `${JSON.stringify(cursor, null, 2)}\n`)
        for (const brought of [1, 0]) {
          expect(await exporting(folder.dir, out)).toMatchObject({ now: { statements: brought } })
          expect((await contentsOf(out)).puids).toEqual(['d1', ofLonger])
        }
      })
    })
  })

  test('lists a decision from before 2020 once: its line stays, and no run tries it again', async () => {
    const early = { ...removal(1), time: '2019-12-31T00:00:00Z' } as IncomingEvent
    await given([early, removal(2)], async (folder, out) => {
      expect(await exporting(folder.dir, out)).toMatchObject({ now: { statements: 1, final: 1 } })
      const { errors, cursor } = await contentsOf(out)
      expect(errors).toEqual([
        expect.objectContaining({ decisionId: 'd1', account: 'u1', field: 'application_date', final: true }),
      ])
      expect(cursor).toMatchObject({ unfilled: 0, final: 1 })
      await appendAll(folder.open, [removal(3), restored('u1', 4, ['d1'], 'correction')])
      await projected(folder)
      expect(await exporting(folder.dir, out)).toMatchObject({
        now: { statements: 1, corrections: 0, final: 0 },
        cursor: { unfilled: 0, final: 1 },
      })
      expect(await contentsOf(out)).toMatchObject({ errors, corrections: [], puids: ['d2', 'd3'] })
    })
  })

  test('lists a decision whose id another account used earlier once', async () => {
    const taken = service.removed('u2', 2, { decisionId: 'd1', content: { id: '2', kind: 'pin' } })
    await given([removal(1), taken], async (folder, out) => {
      for (const final of [1, 0]) {
        expect(await exporting(folder.dir, out)).toMatchObject({ now: { final }, cursor: { unfilled: 0 } })
        const { puids, errors } = await contentsOf(out)
        expect(puids).toEqual(['d1'])
        expect(errors).toEqual([
          expect.objectContaining({ decisionId: 'd1', account: 'u2', field: 'puid', final: true }),
        ])
      }
    })
  })

  test('continues in a folder that an earlier version started', async () => {
    await given([removal(1)], async (folder, out) => {
      await exporting(folder.dir, out)
      const { remarks: _r, final: _f, leftOut: _l, ...rest } = (await contentsOf(out)).cursor
      await writeFile(join(out, 'cursor.json'), `${JSON.stringify({ ...rest, version: '1' }, null, 2)}\n`)
      for (const name of ['remarks.ndjson', 'left-out.ndjson']) await rm(join(out, name))
      await appendAll(folder.open, [removal(2)])
      await projected(folder)
      await exporting(folder.dir, out)
      expect(await contentsOf(out)).toMatchObject({
        puids: ['d1', 'd2'],
        cursor: { version: '2', statements: 2, final: 0, remarks: {} },
      })
    })
  })

  test('lists each overturned decision once, and none whose term merely ended', async () => {
    const ban = (n: number) => service.banned('u1', n, { decisionId: `d${n}` })
    await given([ban(1), ban(2), ban(3)], async (folder, out) => {
      await exporting(folder.dir, out)
      expect((await contentsOf(out)).corrections).toEqual([])
      await appendAll(folder.open, [
        reinstated('u1', 5, ['d1'], 'correction'),
        reinstated('u1', 6, ['d2'], 'expiry'),
      ])
      await projected(folder)
      await exporting(folder.dir, out)
      const corrections = [{ puid: 'd1', at: new Date(START + 5 * HOUR).toISOString(), reason: 'correction' }]
      expect((await contentsOf(out)).corrections).toEqual(corrections)
      await appendAll(folder.open, [reinstated('u1', 7, ['d1'], 'order')])
      await projected(folder)
      await exporting(folder.dir, out)
      expect(await contentsOf(out)).toMatchObject({ corrections, puids: ['d1', 'd2', 'd3'] })
    })
  })

  test('of a period contains only what was made in it, in every later run', async () => {
    await given([removal(1), removal(2), removal(3)], async (folder, out) => {
      const period = { from: START + 2 * HOUR, to: START + 3 * HOUR }
      await exporting(folder.dir, out, period)
      expect((await contentsOf(out)).puids).toEqual(['d2'])
      await exporting(folder.dir, out)
      expect((await contentsOf(out)).puids).toEqual(['d2'])
      await expect(exporting(folder.dir, out, { from: START })).rejects.toThrow(/name another folder/)
    })
  })

  test('as of a sequence continues from there, and never goes back', async () => {
    await given([removal(1), removal(2), removal(3)], async (folder, out) => {
      await exporting(folder.dir, out, { at: 2 })
      expect((await contentsOf(out)).puids).toEqual(['d1', 'd2'])
      await expect(exporting(folder.dir, out, { at: 1 })).rejects.toThrow(/up to sequence 2, past 1/)
      await exporting(folder.dir, out)
      expect((await contentsOf(out)).puids).toEqual(['d1', 'd2', 'd3'])
    })
  })

  test('refuses a folder of another ledger, and one whose cursor is missing or invalid', async () => {
    await given([removal(1)], async (folder, out) => {
      await exporting(folder.dir, out)
      await given([removal(9)], async (other) => {
        await expect(exporting(other.dir, out)).rejects.toThrow(/another ledger/)
      })
      const cursor = join(out, 'cursor.json')
      await writeFile(cursor, '{"version": "3"}')
      await expect(exporting(folder.dir, out)).rejects.toThrow(FolderError)
      await writeFile(cursor, 'x')
      await expect(exporting(folder.dir, out)).rejects.toThrow(/is not JSON/)
      await rm(cursor)
      await expect(exporting(folder.dir, out)).rejects.toThrow(/no cursor.json/)
    })
  })
})

const happened = (type: EventType, subject: string, hour: number, data: object): IncomingEvent => {
  const json = { ...service.banned(subject, hour, { decisionId: 'x' }), id: `${type}-${hour}`, type, data }
  // Cast: it is one.
  return json as unknown as IncomingEvent
}
const reversal =
  (type: 'account.reinstated.v1' | 'content.restored.v1') =>
  (subject: string, hour: number, decisionIds: ReadonlyArray<string>, reason: string): IncomingEvent =>
    happened(type, subject, hour, { decisionIds, reason })
const reinstated = reversal('account.reinstated.v1')
const restored = reversal('content.restored.v1')
