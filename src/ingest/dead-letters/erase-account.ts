import * as E from '#fp/Either'
import type { LedgerError } from '../../ledger/port.ts'
import type { Keys } from '../../ledger/vault/vault.ts'
import type { DeadLetters } from './letter.ts'

/** How many keys of the account, and how many dead letters, were destroyed. */
export type ErasedAccount = { readonly keys: number; readonly letters: number }

/**
 * Destroys what people wrote to or about an account, in the ledger and in dead letters. Repeating it finishes what
 * was interrupted.
 */
export const eraseAccount = async (
  keys: Keys,
  letters: DeadLetters,
  account: string,
): Promise<E.Either<LedgerError, ErasedAccount>> => {
  const ofLetters = letters.erase(account)
  if (E.isLeft(ofLetters)) return ofLetters
  const ofLedger = await keys.destroy(account)
  return E.isLeft(ofLedger) ? ofLedger : E.right({ keys: ofLedger.right, letters: ofLetters.right })
}
