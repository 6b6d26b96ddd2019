import type { StoredEvent } from './event.ts'

export type Filing = StoredEvent<'appeal.filed.v1'>
export type Answer = StoredEvent<'appeal.decided.v1'>

/** An appeal: filed and waiting, answered, or answered without a filing on record. */
export type Appeal =
  | { readonly status: 'open'; readonly filed: Filing }
  | { readonly status: 'decided'; readonly filed: Filing; readonly answered: Answer }
  | { readonly status: 'unfiled'; readonly answered: Answer }

/** The appeal after a filing; `taken`: it was already filed, and the first filing counts. */
export const file = (appeal: Appeal | undefined, filed: Filing): Appeal | 'taken' => {
  switch (appeal?.status) {
    case undefined:
      return { status: 'open', filed }
    case 'unfiled': // clock skew between two services: the answer is dated before the filing
      return { status: 'decided', filed, answered: appeal.answered }
    case 'open':
    case 'decided':
      return 'taken'
  }
}

/** The appeal after an answer; `taken`: it was already answered, and the first answer counts. */
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

/** The decision that an appeal is against: from its answer if there is one, else from its filing. */
export const appealed = (appeal: Appeal): string =>
  (appeal.status === 'open' ? appeal.filed : appeal.answered).data.decisionId
