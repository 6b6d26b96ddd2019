import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadHistory } from '../../../src/replay/model/load.ts'
import { evidenceWantedBy } from '../../../src/replay/reference/sightings.ts'
import { replay } from '../../../src/replay/result/replay.ts'
import { correctionOf } from '../corrections.ts'
import { correcting, histories, RULESET, service } from '../histories.ts'
import { appendAll, loaded, withLedger } from '../ledgers.ts'

describe('given any history delivered to a ledger', () => {
  test('when it arrives in another order and partly twice, then the replay is the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories.chain(({ events, correction }) =>
          fc.record({
            events: fc.constant(events),
            again: fc.shuffledSubarray([...events]),
            shuffled: fc.shuffledSubarray([...events], { minLength: events.length }),
            correction: fc.constant(correctionOf(correction)),
          }),
        ),
        async ({ events, again, shuffled, correction }) => {
          const first = await withLedger(async (open) => {
            await appendAll(open, events)
            return replay((await loaded(open, correction)).history, correction)
          })
          const second = await withLedger(async (open) => {
            await appendAll(open, shuffled)
            await appendAll(open, again)
            return replay((await loaded(open, correction)).history, correction)
          })
          expect(second.rows.all()).toEqual(first.rows.all())
          expect(second.blame).toEqual(first.blame)
          expect(second.digest).toBe(first.digest)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('when it is read at a sequence, then what was recorded later does not exist', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat({ max: 40 }), async ({ events, ...given }, n) => {
        const correction = correctionOf(given.correction)
        const at = Math.min(n, events.length)
        const cut = await withLedger(async (open) => {
          await appendAll(open, events)
          return loaded(open, correction, at)
        })
        const only = await withLedger(async (open) => {
          await appendAll(open, events.slice(0, at))
          return loaded(open, correction)
        })
        expect(cut.sequence).toBe(at)
        expect(replay(cut.history, correction).rows.all()).toEqual(
          replay(only.history, correction).rows.all(),
        )
      }),
      { numRuns: 25 },
    )
  })

  test('when the rules are as they were, then it is read by the versions that were published by that sequence', async () => {
    const document = (version: string, score: number) => ({
      ruleset: RULESET,
      version,
      signals: { score: 'int' },
      rules: [{ id: 'a', category: 'alpha', when: `signals.score >= ${score}`, strikes: 1 }],
      deactivations: [{ id: 'one', at_least: 1, restriction: 'suspended' }],
    })
    const correction = correctionOf({ correction: 'c', ruleset: { id: RULESET } })
    await withLedger(async (open) => {
      // Published after the evaluation that it does not count, but in force before it.
      const events = [service.published(document('v1', 5)), service.evaluated('u1', 2, { score: 6 })]
      await appendAll(open, [...events, service.published(document('v2', 9), 1)])
      const missedAt = async (at: number | null) =>
        replay((await loaded(open, correction, at)).history, correction)
          .rows.all()
          .map(({ account }) => account)
      expect(await missedAt(2)).toEqual(['u1'])
      expect(await missedAt(null)).toEqual([])
    })
  })

  test('when a sequence beyond its head is asked for, then the answer says how far it goes', async () => {
    const [sample] = fc.sample(histories, { numRuns: 1, seed: 1 })
    if (sample === undefined) throw new Error('one was asked for')
    const correction = correcting(sample.corrected)
    await withLedger(async (open) => {
      await appendAll(open, sample.events)
      const answer = await loadHistory(open.ledger, open.vault, evidenceWantedBy(correction), { at: 1000 })
      expect(answer).toEqual({
        _tag: 'Left',
        left: { kind: 'no_such_sequence', requested: 1000, head: sample.events.length },
      })
    })
  })
})
