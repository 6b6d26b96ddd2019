import { Worker } from 'node:worker_threads'
import type { AdmissionPolicy } from './admit.ts'
import type { DecodedBatch, Packed } from './batch.ts'
import { decodeBatch } from './decode-batch.ts'
import type { DecodeAnswer, DecodeRequest } from './decode-worker.ts'
import { unpackEvents } from './packed-events.ts'

/** Decodes batches in the order they are given. Their buffers are transferred, and returned in the answer. */
export type Decoder = {
  /** Rejects if the decoder itself fails: out of memory, closed. */
  readonly decode: (packed: Packed, policy: AdmissionPolicy) => Promise<DecodedBatch>
  readonly close: () => Promise<void>
}

type Waiting = { readonly resolve: (batch: DecodedBatch) => void; readonly reject: (error: Error) => void }

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
  worker.on('message', (batch: DecodeAnswer) =>
    waiting.shift()?.resolve({ ...batch, events: unpackEvents(batch.events) }),
  )
  worker.on('error', fail)
  worker.on('messageerror', fail)
  worker.on('exit', () => fail(new Error('the decoding thread has ended')))

  return {
    decode: (packed, policy) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure)
        waiting.push({ resolve, reject })
        const request: DecodeRequest = { packed, policy }
        worker.postMessage(request, [packed.bytes.buffer, packed.bounds.buffer])
      }),
    close: async () => {
      await worker.terminate()
    },
  }
}

/** Decodes synchronously: for a few messages, starting a thread would take longer. */
export const directDecoder = (): Decoder => ({
  decode: async (packed, policy) => decodeBatch(packed, policy),
  close: async () => {},
})
