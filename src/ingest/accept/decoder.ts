import { Worker } from 'node:worker_threads'
import type { SealedText } from '../../ledger/vault/seal.ts'
import type { AdmissionPolicy } from './admit.ts'
import type { DecodedBatch, Packed } from './batch.ts'
import { decodeBatch } from './decode-batch.ts'
import type { DecoderAnswer, DecoderRequest } from './decode-worker.ts'
import { unpackEvents } from './packed-events.ts'
import { sealTexts, type TextToSeal } from './seal-texts.ts'

/** Does the work on events that needs no store, in the order in which it is given. */
export type Decoder = {
  /**
   * Decodes a batch. Its buffers are transferred, and returned in the answer. Rejects if the decoder itself fails: out
   * of memory, closed.
   */
  readonly decode: (packed: Packed, policy: AdmissionPolicy) => Promise<DecodedBatch>
  /** Seals texts, in their order. Rejects as `decode` does. */
  readonly seal: (texts: ReadonlyArray<TextToSeal>) => Promise<ReadonlyArray<SealedText>>
  readonly close: () => Promise<void>
}

type Waiting = {
  readonly resolve: (answer: DecoderAnswer) => void
  readonly reject: (error: Error) => void
}

/**
 * Decodes in a separate thread, which also stamps plain events, so that this one can write the batch before in the
 * meantime.
 */
export const threadDecoder = (): Decoder => {
  // The file next to this one: TypeScript in the checkout, JavaScript in the package.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./decode-worker.${extension}`, import.meta.url))
  const waiting: Waiting[] = []
  let failure: Error | undefined

  const fail = (error: Error): void => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(failure)
  }
  worker.on('message', (answer: DecoderAnswer) => waiting.shift()?.resolve(answer))
  worker.on('error', fail)
  worker.on('messageerror', fail)
  worker.on('exit', () => fail(new Error('the decoding thread has ended')))

  const ask = (request: DecoderRequest, transfer: ReadonlyArray<ArrayBuffer> = []): Promise<DecoderAnswer> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure)
      // Throws if a buffer was already transferred; then nobody waits for an answer.
      worker.postMessage(request, transfer)
      waiting.push({ resolve, reject })
    })

  return {
    decode: async (packed, policy) => {
      const transfer = [packed.bytes.buffer, packed.bounds.buffer]
      const answer = await ask({ kind: 'decode', packed, policy }, transfer)
      if (answer.kind !== 'decoded') throw new Error('the decoding thread answered another request')
      return { ...answer.batch, events: unpackEvents(answer.events) }
    },
    seal: async (texts) => {
      const answer = await ask({ kind: 'seal', texts })
      if (answer.kind !== 'sealed') throw new Error('the decoding thread answered another request')
      return answer.texts
    },
    close: async () => {
      await worker.terminate()
    },
  }
}

/** Decodes synchronously: for a few messages, starting a thread would take longer. */
export const directDecoder = (): Decoder => ({
  decode: async (packed, policy) => decodeBatch(packed, policy),
  seal: async (texts) => sealTexts(texts),
  close: async () => {},
})
