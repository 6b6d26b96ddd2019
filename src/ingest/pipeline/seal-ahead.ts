import * as E from '#fp/Either'
import type { PreparedEvent } from '../../ledger/event/prepare.ts'
import type { ExpectedKeys } from '../../ledger/vault/vault.ts'
import type { Decoder } from '../accept/decoder.ts'

/**
 * The events with their personal texts sealed by the decoder, which takes longer than all else that the ledger does
 * with an event. The ledger seals again what turns out to need another key, and stores nothing for a duplicate.
 */
export const sealedAhead = async (
  events: ReadonlyArray<PreparedEvent>,
  expectedKeys: ExpectedKeys,
  decoder: Pick<Decoder, 'seal'>,
): Promise<ReadonlyArray<PreparedEvent>> => {
  const personal = events.filter((event) => event.kind === 'personal')
  if (personal.length === 0) return events
  const keys = expectedKeys(personal.map(({ account }) => account))
  // The ledger reports what is wrong with the keys, if it needs them.
  if (E.isLeft(keys)) return events
  const texts = personal.flatMap(({ source, id, personal: text }, i) => {
    const key = keys.right[i]
    return key === undefined ? [] : [{ key, event: { source, id }, text }]
  })
  const sealed = (await decoder.seal(texts)).values()
  return events.map((event) => {
    const ahead = event.kind === 'personal' ? sealed.next().value : undefined
    return event.kind === 'personal' && ahead !== undefined ? { ...event, ahead } : event
  })
}
