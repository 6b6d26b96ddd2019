/** A stream's name. */
export type StreamName = `account-${string}` | `evidence-${string}` | `ruleset-${string}`

/** The stream that an event belongs to. Evaluations are many and no point read needs them, so they stand apart. */
export const streamOf = (event: { readonly type: string; readonly subject: string }): StreamName => {
  switch (event.type) {
    case 'content.evaluated.v1':
      return `evidence-${event.subject}`
    case 'ruleset.published.v1':
      return `ruleset-${event.subject}`
    default:
      return `account-${event.subject}`
  }
}

const ACCOUNT = 'account-'

/** The account whose own stream this is; null for any other stream. */
export const accountOf = (stream: StreamName): string | null =>
  stream.startsWith(ACCOUNT) ? stream.slice(ACCOUNT.length) : null
