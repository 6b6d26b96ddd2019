import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { projections } from '../../projections/index.ts'
import { readStory } from '../../src/app/account/read-story.ts'
import { copyLedger, openCopyTarget } from '../../src/ledger/eventstoredb/copy.ts'
import { type OpenLedger, openExisting, openLedger } from '../../src/ledger/open.ts'
import { readPublications } from '../../src/ledger/rulesets.ts'
import { project } from '../../src/projection/project.ts'
import { loadHistory } from '../../src/replay/model/load.ts'
import { evidenceWantedBy } from '../../src/replay/reference/sightings.ts'
import { replay } from '../../src/replay/result/replay.ts'
import { summarize } from '../../src/replay/result/summary.ts'
import { appeal, flag, publication, unwrap } from '../ledger/events.ts'
import { BRIEF } from '../ledger/eventstoredb/cluster.ts'
import { startTestServer } from '../ledger/eventstoredb/server/server.ts'
import { edit } from '../ledger/sqlite/edit.ts'
import { silent, tablesOf } from '../projection/projecting.ts'
import { correcting } from '../replay/histories.ts'

/**
 * Somebody who can write ledger.db edits it, past its triggers. Each edit is of event 5, the second of u1's stream and
 * the first that the projections have not read.
 */
const edits: Readonly<Record<string, ReadonlyArray<string>>> = {
  'its text': [`UPDATE events SET canonical = replace(canonical, '0.5', '0.9') WHERE sequence = 5`],
  'its hash': ['UPDATE events SET leaf_hash = zeroblob(32) WHERE sequence = 5'],
  'an unknown field, with a matching hash': rewritten(`'"category":', '"colour":"red","category":'`),
  'a wrong value, with a matching hash': rewritten(`'"own_initiative"', '"nobody"'`),
  'its account in the text, with a matching hash': rewritten(`'"subject":"u1"', '"subject":"u2"'`),
  'its id in the text, with a matching hash': rewritten(`'"id":"e2"', '"id":"e7"'`),
  'its stream': [
    "UPDATE events SET stream = (SELECT id FROM streams WHERE name = 'account-u2'), revision = 7 WHERE sequence = 5",
  ],
  'the name of its stream': ["UPDATE streams SET name = 'account-u9' WHERE name = 'account-u1'"],
  'its id': ["UPDATE events SET id = 'e7' WHERE sequence = 5"],
  'its source': [
    "INSERT INTO sources VALUES (2, '/other')",
    'UPDATE events SET source = 2 WHERE sequence = 5',
  ],
  'the name of its source': ["UPDATE sources SET name = '/other'"],
  'its number, swapped with the next': [
    'UPDATE events SET sequence = -5 WHERE sequence = 5',
    'UPDATE events SET sequence = 5 WHERE sequence = 6',
    'UPDATE events SET sequence = 6 WHERE sequence = -5',
  ],
  'it is deleted': ['DELETE FROM events WHERE sequence = 5'],
  'its stream is deleted': ["DELETE FROM streams WHERE name = 'account-u1'"],
  'its revision': ['UPDATE events SET revision = 9 WHERE sequence = 5'],
}

function rewritten(replacement: string): ReadonlyArray<string> {
  return [
    `UPDATE events SET canonical = replace(canonical, ${replacement}) WHERE sequence = 5`,
    'UPDATE events SET leaf_hash = leaf(canonical) WHERE sequence = 5',
  ]
}

/** Readings that an edit does not touch: what they read and give is what it was. */
const untouched: Readonly<Record<string, ReadonlyArray<string>>> = {
  // Nothing that reads the whole ledger asks for revisions.
  replay: ['its revision'],
  project: ['its revision'],
  'project --rebuild': ['its revision'],
  'ruleset list': ['its revision', ...withMatchingHash()],
  // A story is of one stream, in which these two stand as they did.
  account: ['its number, swapped with the next'],
  copy: withMatchingHash(),
}

/** Not decoded by those who only pass events on or over: the text is whole, and stands where it belongs. */
function withMatchingHash(): ReadonlyArray<string> {
  return ['an unknown field, with a matching hash', 'a wrong value, with a matching hash']
}

/** What a reader that looks at one stream cannot see: the stream is no longer there, or ends earlier. */
const unseen: Readonly<Record<string, ReadonlyArray<string>>> = {
  account: ['the name of its stream', 'its stream is deleted'],
}

/** A cluster gives revisions itself, and refuses to begin with another. */
const refusal = (reader: string, edit: string): RegExp =>
  reader === 'copy' && edit === 'its revision' ? /^unavailable$/ : /^corrupt$/

const correction = correcting({
  ruleset: 'rules',
  version: 'v2',
  signals: {},
  rules: [],
  deactivations: [{ id: 'p', at_least: 3, restriction: 'suspended' }],
})

let dir = ''
let open: OpenLedger
let now = Date.UTC(2026, 0, 1)

const append = async (...events: ReadonlyArray<ReturnType<typeof flag>>): Promise<void> => {
  for (const event of events) {
    now += 1_000
    unwrap(await open.ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
  }
}

/** Edits the ledger, which is then opened by a reader that knows nothing of it yet. */
const edited = async (...statements: ReadonlyArray<string>): Promise<void> => {
  await open.close()
  edit(join(dir, 'ledger.db'), ...statements)
  open = unwrap(await openExisting(dir))
}

const projecting = async (rebuild: boolean) => {
  const signal = new AbortController().signal
  const done = await project(dir, open, projections, { follow: false, rebuild, signal, watch: silent })
  return E.isLeft(done) ? done : E.right(await tablesOf(dir))
}

/** What each reader gives: what it makes of the ledger, or an error. */
const readers: Readonly<Record<string, () => Promise<E.Either<unknown, unknown>>>> = {
  replay: async () => {
    const read = await loadHistory(open.ledger, open.vault, evidenceWantedBy(correction), { at: null })
    if (E.isLeft(read)) return read
    const { history, sequence } = read.right
    const window = { from: null, to: null }
    const source = { engine: 'reference', history, sequence } as const
    return E.right(summarize(replay(history, correction, window), { ...source, correction, window }))
  },
  project: () => projecting(false),
  'project --rebuild': () => projecting(true),
  account: async () => {
    const story = await readStory(open.ledger, open.vault, 'u1', { asOf: null, happenedBy: null, now })
    return E.isLeft(story) ? story : E.right(story.right?.events ?? null)
  },
  'ruleset list': () => readPublications(open.ledger, open.ledger.readAll(null)),
  copy: async () => {
    const server = await startTestServer()
    const into = unwrap(openCopyTarget(server.url, { sequencePath: join(dir, 'copied.db'), limits: BRIEF }))
    try {
      return await copyLedger({ source: open.ledger, ...into, onProgress: () => {} })
    } finally {
      await into.close()
      await server.close()
    }
  },
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'redress-edited-'))
  open = unwrap(await openLedger(dir, { clock: () => now }))
  await append(publication('p1', 'v1', 3), flag('e1', 'u1'), flag('e1', 'u2'), appeal('a1', 'u3', 'quilts'))
  unwrap(await projecting(false))
  await append(flag('e2', 'u1'), flag('x2', 'u2'), flag('e3', 'u1'))
})
afterEach(async () => {
  await open.close()
  rmSync(dir, { recursive: true })
})

describe.each(Object.entries(edits))(
  'given a ledger in which somebody edited an event: %s',
  (name, statements) => {
    test.each(Object.entries(readers))(
      'when %s reads it, then it notices, or its answer is unchanged',
      async (reader, read) => {
        const isUntouched = untouched[reader]?.includes(name) === true
        const before = isUntouched ? await read() : null
        await edited(...statements)
        const answer = await read()
        if (before !== null) {
          unwrap(before)
          expect(answer).toEqual(before)
        } else if (unseen[reader]?.includes(name) === true) {
          expect(answer).toEqual(E.right(null))
        } else {
          expect(answer).toMatchObject({
            _tag: 'Left',
            left: { kind: expect.stringMatching(refusal(reader, name)) },
          })
        }
      },
    )
  },
)

describe('given a ledger in which the last event of a stream was moved to another', () => {
  test('when that account is read, then it cannot be noticed; the account that now has it, and full reads, notice', async () => {
    await edited(
      "UPDATE events SET stream = (SELECT id FROM streams WHERE name = 'account-u2'), revision = 2 WHERE sequence = 7",
    )
    expect(unwrap((await readers.account?.()) ?? E.left('none'))).toHaveLength(2)
    const other = await readStory(open.ledger, open.vault, 'u2', { asOf: null, happenedBy: null, now })
    expect(other).toMatchObject({ left: { kind: 'corrupt' } })
    for (const reader of ['replay', 'project', 'ruleset list']) {
      expect(await readers[reader]?.()).toMatchObject({ left: { kind: 'corrupt' } })
    }
  })
})
