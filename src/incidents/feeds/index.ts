import type { Feed } from '../../ingest/outbox/feed.ts'
import { alarmFeed } from './alarms.ts'
import { auditFeed } from './audits.ts'
import { holdFeed } from './holds.ts'

/** What `redress watch` sends of a ledger. */
export const watchFeeds: ReadonlyArray<Feed> = [alarmFeed, auditFeed, holdFeed]
