import { parentPort } from 'node:worker_threads'
import type { AdmissionPolicy } from './admit.ts'
import type { DecodedBatch, Packed } from './batch.ts'
import { decodeBatch } from './decode-batch.ts'
import { type PackedEvents, packEvents, transferable } from './packed-events.ts'

/** What the main thread requests, in order; each answer is the decoded batch. */
export type DecodeRequest = { readonly packed: Packed; readonly policy: AdmissionPolicy }

/** A decoded batch as it is sent: its plain events are stamped for the time that the policy says it is. */
export type DecodeAnswer = Omit<DecodedBatch, 'events'> & { readonly events: PackedEvents }

const port = parentPort
if (port === null) throw new Error('decode-worker must be started as a worker thread')

port.on('message', ({ packed, policy }: DecodeRequest) => {
  const decoded = decodeBatch(packed, policy)
  const events = packEvents(decoded.events, policy.now)
  const answer: DecodeAnswer = { ...decoded, events }
  port.postMessage(answer, [decoded.bytes.buffer, decoded.bounds.buffer, ...transferable(events)])
})
