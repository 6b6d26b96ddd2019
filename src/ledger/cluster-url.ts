/** What a cluster's address looks like, for messages. */
export const CLUSTER_URL = 'esdb://host:port or esdb+discover://host:port'

/** Whether a text is meant as a cluster's address; the client looks at the rest. */
export const isClusterUrl = (text: string): boolean => /^esdb(\+discover)?:\/\/./.test(text)

/**
 * A cluster's address as it may be shown: without user and password. What is no address loses all before its last @
 * too, for somebody may have meant it as one.
 */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z+]*:\/\/)?.*@/is, '$1')
