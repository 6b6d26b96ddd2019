import * as E from '#fp/Either'
import type { LedgerError } from '../port.ts'
import type { Vault } from './vault.ts'

/** The text of a document that something recorded names, so that it is damage if it is missing. */
export const neededDocument = async (
  vault: Pick<Vault, 'document'>,
  sha256: string,
): Promise<E.Either<LedgerError, string>> => {
  const text = await vault.document(sha256)
  if (E.isLeft(text)) return text
  return text.right === null
    ? E.left({
        kind: 'corrupt',
        message: `the document ${sha256} is not in the vault; restore vault.db from a backup`,
      })
    : E.right(text.right)
}
