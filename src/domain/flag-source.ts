import type { StoredEvent } from './event.ts'
import type { FlagSource } from './parts.ts'

/** An account's notices by id: the first of each id in the order of replay. */
export type Notices = ReadonlyMap<string, StoredEvent<'notice.received.v1'>>

const ofNotifier = { user: 'user_notice', trusted_flagger: 'trusted_flagger' } as const

/**
 * What led to a flag. The notice that it refers to decides, if that is on record: a service may not know who sent it.
 * An order overrides any notice.
 */
export const flagSourceOf = ({ data }: StoredEvent<'flag.raised.v1'>, notices: Notices): FlagSource => {
  const notice = data.noticeId === undefined ? undefined : notices.get(data.noticeId)
  return notice === undefined || data.source === 'authority' ? data.source : ofNotifier[notice.data.notifier]
}
