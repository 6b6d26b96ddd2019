/** What a cluster's address looks like, for messages. */
export const CLUSTER_URL =
  'kurrentdb://host:port or kurrentdb+discover://host:port (esdb://... means the same)'

const SCHEME = /^(?:esdb|kurrentdb)(?=(?:\+discover)?:\/\/.)/

/** Whether a text is meant as a cluster's address; the client looks at the rest. */
export const isClusterUrl = (text: string): boolean => SCHEME.test(text)

/** The same address as the client reads it, which knows the older name of the scheme only. */
export const asClientUrl = (url: string): string => url.replace(SCHEME, 'esdb')

/**
 * A cluster's address as it may be shown: without user and password. What is no address loses all before its last @
 * too, for somebody may have meant it as one.
 */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z+]*:\/\/)?.*@/is, '$1')
