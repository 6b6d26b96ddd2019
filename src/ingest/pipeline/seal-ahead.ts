import * as E from '#fp/Either'
import type { StoreError } from '../../foundation/store-error.ts'
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
): Promise<E.Either<StoreError, ReadonlyArray<PreparedEvent>>> => {
  const personal = events.filter((event) => event.kind === 'personal')
  if (personal.length === 0) return E.right(events)
  const keys = expectedKeys(personal.map(({ account }) => account))
  if (E.isLeft(keys)) return keys
  const texts = personal.flatMap(({ source, id, personal: text }, i) => {
    const key = keys.right[i]
    return key === undefined ? [] : [{ key, event: { source, id }, text }]
  })
  const sealed = (await decoder.seal(texts)).values()
  return E.right(
    events.map((event) => {
      const ahead = event.kind === 'personal' ? sealed.next().value : undefined
      return event.kind === 'personal' && ahead !== undefined ? { ...event, ahead } : event
    }),
  )
}
