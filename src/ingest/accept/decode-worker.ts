import { parentPort } from 'node:worker_threads'
import type { SealedText } from '../../ledger/vault/seal.ts'
import type { AdmissionPolicy } from './admit.ts'
import type { DecodedBatch, Packed } from './batch.ts'
import { decodeBatch } from './decode-batch.ts'
import { type PackedEvents, packEvents, transferable } from './packed-events.ts'
import { sealTexts, type TextToSeal } from './seal-texts.ts'

/** What the main thread requests; it is answered in order. */
export type DecoderRequest =
  | { readonly kind: 'decode'; readonly packed: Packed; readonly policy: AdmissionPolicy }
  | { readonly kind: 'seal'; readonly texts: ReadonlyArray<TextToSeal> }

/** Plain events of a decoded batch are stamped for the time that the policy says it is. */
export type DecoderAnswer =
  | { readonly kind: 'decoded'; readonly batch: Omit<DecodedBatch, 'events'>; readonly events: PackedEvents }
  | { readonly kind: 'sealed'; readonly texts: ReadonlyArray<SealedText> }

const port = parentPort
if (port === null) throw new Error('decode-worker must be started as a worker thread')

const answer = (message: DecoderAnswer, transfer: ReadonlyArray<ArrayBuffer> = []): void =>
  port.postMessage(message, transfer)

port.on('message', (request: DecoderRequest) => {
  if (request.kind === 'seal') {
    answer({ kind: 'sealed', texts: sealTexts(request.texts) })
    return
  }
  const { events: prepared, ...batch } = decodeBatch(request.packed, request.policy)
  const events = packEvents(prepared, request.policy.now)
  answer({ kind: 'decoded', batch, events }, [
    batch.bytes.buffer,
    batch.bounds.buffer,
    ...transferable(events),
  ])
})
