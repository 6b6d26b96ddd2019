import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as E from '#fp/Either'
import {
  cursorFrom,
  ledgerIdentity,
  positionOf,
  type TopicCursor,
} from '../../../src/ingest/outbox/cursor.ts'
import type { Feed } from '../../../src/ingest/outbox/feed.ts'
import { openOutbox } from '../../../src/ingest/outbox/outbox.ts'
import { startFeeds } from '../../../src/ingest/outbox/start-feeds.ts'
import type { OutgoingMessage } from '../../../src/ingest/outbox/transactions.ts'
import type { Position } from '../../../src/ledger/port.ts'
import { readDecoded } from '../../../src/ledger/read.ts'
import { flag, unwrap } from '../../ledger/events.ts'
import { withLedger } from '../../replay/ledgers.ts'

/** Tells of each event with an odd id, numbered. */
const oddFeed: Feed = {
  topic: { name: 'odd', purpose: 'tests' },
  start: (_, saved) => {
    let told = Number(saved)
    return {
      take: async ({ event: { id } }) =>
        E.right(
          Number(id) % 2 === 0 ? [] : [{ key: 'k', value: Buffer.from(`${id}/${++told}`), headers: {} }],
        ),
      state: () => told,
    }
  },
}
const SENDER = 'ledger'
const NUMBER = 9
const wanted = ['1/1', '3/2', '5/3', '7/4', '9/5']

/** What Kafka would keep of commits, and when it fails: before a commit, or after it, without saying so. */
const committing = (failures: ReadonlyArray<'none' | 'before' | 'after'>) => {
  const values: string[] = []
  let cursor: TopicCursor | null = null
  let commits = 0
  return {
    values,
    cursors: () => new Map(cursor === null ? [] : [['odd', cursor]]),
    commit: async (messages: ReadonlyMap<string, ReadonlyArray<OutgoingMessage>>) => {
      const fails = failures[commits++]
      if (fails === 'before') throw new Error('before')
      values.push(...(messages.get('odd') ?? []).map(({ value }) => value.toString()))
      const [last] = messages.get('redress.cursors') ?? []
      if (last !== undefined) cursor = cursorFrom(last.value)
      if (fails === 'after') throw new Error('after')
    },
  }
}

test('given pages of any size and commits that fail before or after they are made, when it goes on from the cursor, then each message is committed once, in order', () =>
  withLedger(async ({ ledger }) => {
    for (let i = 1; i <= NUMBER; i++) {
      const event = flag(String(i))
      unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
    }
    const failures = fc.array(fc.constantFrom('none', 'before', 'after' as const), { maxLength: 8 })
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(failures, sizes, async (fail, pageSizes) => {
        const kafka = committing(fail)
        let turn = 0
        let reached = 0
        const run = async (): Promise<void> => {
          const { running, told } = unwrap(
            await startFeeds(ledger, [oddFeed], kafka.cursors(), () => {
              throw new Error('the ledger has what the cursor says')
            }),
          )
          reached = told?.sequence ?? 0
          const outbox = openOutbox(running, SENDER, {
            commit: kafka.commit,
            onSent: (_, upTo) => {
              reached = upTo.sequence
            },
          })
          for await (const decoded of readDecoded(ledger, ledger.readAll(told?.position ?? null))) {
            const events = [...unwrap(decoded)]
            while (events.length > 0) {
              unwrap(await outbox.take(events.splice(0, pageSizes[turn++ % pageSizes.length] ?? 1)))
            }
          }
          await outbox.end()
        }
        for (let again = true; again; ) {
          again = await run().then(
            () => false,
            () => true,
          )
        }
        expect(kafka.values).toEqual(wanted)
        expect(reached).toBe(NUMBER)
        expect(kafka.cursors().get('odd')).toMatchObject({ sequence: NUMBER, state: wanted.length })
      }),
    )
  }))

test('given a ledger that was copied to another store, when its cursor is looked up, then its event is found by its sequence', () =>
  withLedger(async ({ ledger }) => {
    for (const id of ['a', 'b', 'c']) {
      const event = flag(id)
      unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
    }
    const pages: Array<{ position: Position; leafHash: string }> = []
    for await (const page of ledger.readAll(null)) pages.push(...unwrap(page))
    const [, second] = pages
    if (second === undefined) throw new Error('there are three')
    // Cast: as another store writes it.
    const cursor = { sequence: 2, position: 'C:7/P:7' as Position, leaf: second.leafHash, state: null }
    expect(unwrap(await positionOf(ledger, cursor))).toBe(second.position)
    expect(unwrap(await positionOf(ledger, { ...cursor, leaf: 'ab'.repeat(32) }))).toBeNull()
    expect(unwrap(await positionOf(ledger, { ...cursor, sequence: 9 }))).toBeNull()
    expect(unwrap(await ledgerIdentity(ledger.readAll(null)))).toBe(pages[0]?.leafHash)
  }))

test('given a cursor of another version, when it is read, then it is not taken for ours', () => {
  const bytes = Buffer.from(
    JSON.stringify({ version: 2, sequence: 1, position: '1', leaf: 'ab'.repeat(32), state: null }),
  )
  expect(cursorFrom(bytes)).toBeNull()
})
