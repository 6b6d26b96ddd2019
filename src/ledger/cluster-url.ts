/** What a cluster's address looks like, for messages. */
export const CLUSTER_URL =
  'kurrentdb://host:port or kurrentdb+discover://host:port (esdb://... means the same)'

const SCHEME = /^(?:esdb|kurrentdb)(?=(?:\+discover)?:\/\/.)/

/** Whether a text is meant as a cluster's address; the client validates the rest. */
export const isClusterUrl = (text: string): boolean => SCHEME.test(text)

/** The same address for the client, which knows only the older name of the scheme. */
export const asClientUrl = (url: string): string => url.replace(SCHEME, 'esdb')

/**
 * A cluster's address without user and password, for display. A text that is not an address also loses everything
 * before its last @, because it may have been meant as one.
 */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z+]*:\/\/)?.*@/is, '$1')
