import * as E from '#fp/Either'
import { pipe } from '#fp/function'
import { isPersonal, type StoredEvent } from '../../domain/event.ts'
import { holdsOf } from '../../domain/hold.ts'
import { instantOf } from '../../domain/time.ts'
import { readHoldEvents } from '../../ledger/holds.ts'
import type { Ledger, LedgerError } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import type { Vault } from '../../ledger/vault/vault.ts'
import { arrangeStory, identityOf, type PersonalText, type Story } from './story.ts'

/** Selects the events of a story, and its moment; all in ms since the epoch. */
export type Moment = {
  /** Only events recorded by then; null: all. */
  readonly asOf: number | null
  /** Only events that had happened by then; null: all. */
  readonly happenedBy: number | null
  /** The clock's time, for a story as of now. */
  readonly now: number
}

/** The instant of a story's state; `happenedBy` takes precedence over `asOf`. */
const momentOf = ({ asOf, happenedBy, now }: Moment): number => happenedBy ?? asOf ?? now

/** Reads an account's story from its stream; null if the account has no events. */
export const readStory = async (
  ledger: Ledger,
  vault: Vault,
  account: string,
  moment: Moment,
): Promise<E.Either<LedgerError, Story | null>> => {
  const events: StoredEvent[] = []
  const texts = new Map<string, PersonalText>()
  let recorded = 0
  for await (const page of readDecoded(ledger, ledger.readStream(`account-${account}`))) {
    if (E.isLeft(page)) return page
    recorded += page.right.length
    for (const { event } of page.right) {
      if (!belongs(event, moment)) continue
      events.push(event)
      const text = await openText(vault, event)
      if (E.isLeft(text)) return text
      if (text.right !== null) texts.set(identityOf(event), text.right)
    }
  }
  const holds = await readHoldEvents(ledger)
  if (E.isLeft(holds)) return holds
  const known = holdsOf(holds.right.filter((event) => belongs(event, moment)))
  return E.right(recorded === 0 ? null : arrangeStory(account, events, texts, known, momentOf(moment)))
}

const belongs = (event: StoredEvent, { asOf, happenedBy }: Moment): boolean =>
  (asOf === null || instantOf(event.recordedat) <= asOf) &&
  (happenedBy === null || instantOf(event.time) <= happenedBy)

const openText = async (
  vault: Vault,
  event: StoredEvent,
): Promise<E.Either<LedgerError, PersonalText | null>> => {
  if (!isPersonal(event) || event.data.sealed === undefined) return E.right(null)
  return pipe(
    await vault.openSealed(event.data.sealed, event.source, event.id),
    E.map((opened) => (opened.kind === 'erased' ? opened : wordsOf(opened.text))),
  )
}

/** `data.personal` holds one text: a statement of reasons, or what was written in an appeal or its answer. */
const wordsOf = (canonical: string): PersonalText => {
  const personal: unknown = JSON.parse(canonical)
  const [text] = typeof personal === 'object' && personal !== null ? Object.values(personal) : []
  return { kind: 'open', text: String(text) }
}
