import { Buffer } from 'node:buffer'
import { SCHEMA_HEADER } from '../../ingest/account-feed/message.ts'
import type { KeyedMessage } from '../../ingest/kafka/send-all.ts'

/** A value with the name of its schema as a message. */
export const typedMessage = (key: string, value: { readonly type: string }): KeyedMessage => ({
  key,
  value: Buffer.from(JSON.stringify(value)),
  headers: { 'content-type': 'application/json', [SCHEMA_HEADER]: value.type },
})
