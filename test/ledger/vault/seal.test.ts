import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { accountKey, seal, unseal } from '../../../src/ledger/vault/seal.ts'

const keyId = '0123456789abcdef'.repeat(2)
const key = accountKey(keyId, Buffer.alloc(32, 7))
const event = { source: '/appeals', id: 'evt-1' }

describe('given an account key', () => {
  test('when a text is sealed, then its bytes are those of every version of Redress, so that redeliveries are recognised', () => {
    const { sealed, ciphertext } = seal(key, event, '{"text":"It was a painting."}')
    expect(sealed).toEqual({
      keyId,
      sha256: 'f7ca3c0557b955ff34256518413c5084c7a8aefaf6fc0613bf0ef7b19c0c2c67',
      commitment: '0a3184a4b632d9597644ff793fc1dd346539ea9e2b443b9c3cadc8ef3fb7c929',
    })
    expect(Buffer.from(ciphertext).toString('hex')).toBe(
      'ae36a361548d96af415b08d942e8b8a52ff7ef5259591471f03ea5103f90d268da0f9372e3c011d2deda54b141',
    )
  })

  test('when any text is sealed, then it opens with this key for this event, and with no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { sealed, ciphertext } = seal(key, event, text)
        expect(unseal(key, event, sealed, ciphertext)).toEqual(E.right(text))
        const wrong = 'it was not sealed with this key for this event'
        expect(unseal(key, { ...event, id: 'evt-2' }, sealed, ciphertext)).toEqual(E.left(wrong))
        expect(unseal(accountKey(keyId, Buffer.alloc(32, 8)), event, sealed, ciphertext)).toEqual(
          E.left(wrong),
        )
      }),
    )
  })
})
