/** A request of Redress: `infra/schemas/reinstatement.request.v1.json`. */
export type Request = {
  readonly type: 'reinstatement.request.v1'
  readonly requestId: string
  readonly account: string
  readonly kind: 'account' | 'content' | 'change' | 'flags'
  readonly decisionIds: ReadonlyArray<string>
  readonly flagsVoided: ReadonlyArray<string>
  readonly content?: object
  readonly restriction?: string
}

/** A CloudEvent 1.0 without its time. */
type Answer = Readonly<Record<'specversion' | 'id' | 'source' | 'type' | 'subject', string>> & {
  readonly data: object
}

/** Why this service cannot carry out a request; null: it has done so. */
export type Declined = 'account_gone' | 'content_gone' | 'legal_hold' | 'other' | null

/** What the service publishes of a request: what it undid and told the person, or that it declines. */
export const answersTo = (request: Request, declined: Declined): ReadonlyArray<Answer> => {
  const { requestId, account, kind, decisionIds, flagsVoided, content, restriction } = request
  // Ids that follow from the request: whoever answers twice gives the same ones.
  const answer = (type: string, about: string, data: object): Answer => ({
    ...{ specversion: '1.0', id: `${type}-${requestId}-${about}`, source: '/services/reinstatement' },
    ...{ type: `${type}.v1`, subject: account, data },
  })
  if (declined !== null) return [answer('reinstatement.declined', 'all', { requestId, code: declined })]
  const reversal = { decisionIds, reason: 'correction', flagsVoided, requestId }
  const template = { id: 'reversed-by-mistake', version: '1', language: 'en' }
  const notices = decisionIds.map((decisionId) =>
    answer('notice.sent', decisionId, { decisionId, channel: 'email', template }),
  )
  const dismissals = flagsVoided.map((flagId) =>
    answer('flag.dismissed', flagId, { flagId, reviewer: { kind: 'automated', id: 'redress' }, requestId }),
  )
  const changes = decisionIds.map((decisionId) =>
    answer('decision.changed', decisionId, { decisionId, restriction, reason: 'correction', requestId }),
  )
  switch (kind) {
    case 'account':
      return [answer('account.reinstated', 'all', reversal), ...notices]
    case 'content':
      return [answer('content.restored', 'all', { ...reversal, content }), ...notices]
    case 'change':
      // A change says nothing of flags, so these are dismissed.
      return [...changes, ...dismissals, ...notices]
    case 'flags':
      return dismissals
  }
}
