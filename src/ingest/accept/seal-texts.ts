import { type AccountKey, type SealedFor, type SealedText, seal } from '../../ledger/vault/seal.ts'

/** A personal text, the event that it belongs to, and the key to seal it with. */
export type TextToSeal = { readonly key: AccountKey; readonly event: SealedFor; readonly text: string }

/** Seals texts, in their order. */
export const sealTexts = (texts: ReadonlyArray<TextToSeal>): ReadonlyArray<SealedText> =>
  texts.map(({ key, event, text }) => seal(key, event, text))
