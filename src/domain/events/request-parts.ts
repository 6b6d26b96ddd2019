import { oneOf } from '../codec.ts'
import { Id } from '../ids.ts'
import { since } from '../vocabulary.ts'

/** What a request asks for: to reverse deactivations or removals, to void flags, to make a decision milder. */
export const RequestKind = oneOf('account', 'content', 'flags', 'change')

/** Why a service cannot carry out a request. */
export const DeclineCode = oneOf('account_gone', 'content_gone', 'legal_hold', 'other')

/** The field by which a dismissal or a change names the request that it answers. */
export const answersRequest = { requestId: since(6, Id) }

export const answersRequestFields = { requestId: 'The Redress request that this fulfils.' }

export const answersRequestDetails = (requestId: string | undefined): ReadonlyArray<string> =>
  requestId === undefined ? [] : [`as requested by ${requestId}`]
