import { parentPort } from 'node:worker_threads'
import type { AdmissionPolicy } from './admit.ts'
import type { Packed } from './batch.ts'
import { decodeBatch } from './decode-batch.ts'

/** What the main thread requests, in order; each answer is the decoded batch. */
export type DecodeRequest = { readonly packed: Packed; readonly policy: AdmissionPolicy }

const port = parentPort
if (port === null) throw new Error('decode-worker must be started as a worker thread')

port.on('message', ({ packed, policy }: DecodeRequest) => {
  const decoded = decodeBatch(packed, policy)
  port.postMessage(decoded, [decoded.bytes.buffer, decoded.bounds.buffer])
})
