import type { StoredEvent } from './event.ts'

export type Filing = StoredEvent<'appeal.filed.v1'>
export type Answer = StoredEvent<'appeal.decided.v1'>

/** An appeal: filed and waiting, answered, or answered although no filing of it is on record. */
export type Appeal =
  | { readonly status: 'open'; readonly filed: Filing }
  | { readonly status: 'decided'; readonly filed: Filing; readonly answered: Answer }
  | { readonly status: 'unfiled'; readonly answered: Answer }

/** What becomes of an appeal when it is filed; `taken`: its first filing is the one that counts. */
export const file = (appeal: Appeal | undefined, filed: Filing): Appeal | 'taken' => {
  switch (appeal?.status) {
    case undefined:
      return { status: 'open', filed }
    case 'unfiled': // the clocks of two services: the answer is dated before the filing
      return { status: 'decided', filed, answered: appeal.answered }
    case 'open':
    case 'decided':
      return 'taken'
  }
}

/** What becomes of an appeal when it is answered; `taken`: its first answer is the one that counts. */
export const answer = (appeal: Appeal | undefined, answered: Answer): Appeal | 'taken' => {
  switch (appeal?.status) {
    case undefined:
      return { status: 'unfiled', answered }
    case 'open':
      return { status: 'decided', filed: appeal.filed, answered }
    case 'unfiled':
    case 'decided':
      return 'taken'
  }
}

/** The decision that an appeal is against: what its answer names, once there is one, else its filing. */
export const appealed = (appeal: Appeal): string =>
  (appeal.status === 'open' ? appeal.filed : appeal.answered).data.decisionId
