import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type ConnectionOptions,
  parseConnectionString,
} from '@eventstore/db-client/dist/Client/parseConnectionString.js'
import { Unusable } from '../../foundation/attempt.ts'
import { notRead } from '../../foundation/files/file-error.ts'
import { safeText } from '../../foundation/text/safe-text.ts'
import { asClientUrl, CLUSTER_URL, withoutCredentials } from '../cluster-url.ts'

type Host = ConnectionOptions['hosts'][number]

/** A cluster's address, parsed, with the files that it names. */
export type ClusterAddress = Omit<ConnectionOptions, 'hosts' | 'userCertFile' | 'userKeyFile'> & {
  readonly hosts: readonly [Host, ...ReadonlyArray<Host>]
  /** The issuer of the nodes' certificates; undefined: one that Node trusts. */
  readonly ca: Buffer | undefined
  readonly userCert: Buffer | undefined
  readonly userKey: Buffer | undefined
}

/** Parses a cluster's address and reads the files that it names; throws `Unusable` if either is invalid. */
export const readAddress = (url: string): ClusterAddress => {
  const {
    hosts: [host, ...others],
    userCertFile,
    userKeyFile,
    ...options
  } = parsed(url)
  if (host === undefined) throw new Unusable(`its address names no host; use ${CLUSTER_URL}`)
  if ((userCertFile === undefined) !== (userKeyFile === undefined)) {
    throw new Unusable('its address must give both userCertFile and userKeyFile')
  }
  return {
    ...options,
    hosts: [host, ...others],
    ca: fileOf('tlsCAFile', options.tlsCAFile, CERTIFICATE),
    userCert: fileOf('userCertFile', userCertFile, CERTIFICATE),
    userKey: fileOf('userKeyFile', userKeyFile, PRIVATE_KEY),
  }
}

const parsed = (url: string): ConnectionOptions => {
  const { warn } = console
  const forClient = asClientUrl(url)
  // The client's warnings about some options contain the whole address, including the password.
  console.warn = (...words: ReadonlyArray<unknown>) =>
    warn(
      ...words.map((word) =>
        typeof word === 'string' ? safeText(word.replaceAll(forClient, withoutCredentials(url))) : word,
      ),
    )
  try {
    return parseConnectionString(forClient)
  } catch (error) {
    throw new Unusable(`its address is not a valid cluster address${expectedBy(error)}; use ${CLUSTER_URL}`)
  } finally {
    console.warn = warn
  }
}

/** What the client expected in an address. Its message also quotes what it found instead, which may be a password. */
const expectedBy = (error: unknown): string => {
  const [, expected] = /" at position \d+, expected (.*)\.$/.exec(String(error)) ?? []
  return expected === undefined ? '' : ` (${expected} expected)`
}

type Pem = { readonly block: RegExp; readonly name: string }
const CERTIFICATE: Pem = { block: /^-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/m, name: 'certificate' }
const PRIVATE_KEY: Pem = { block: /^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/m, name: 'private key' }

const fileOf = (option: string, path: string | undefined, { block, name }: Pem): Buffer | undefined => {
  if (path === undefined) return undefined
  try {
    const bytes = readFileSync(resolve(path))
    if (block.test(bytes.toString('latin1'))) return bytes
  } catch (error) {
    throw new Unusable(`${option} in its address: ${notRead(path, error).message}`)
  }
  throw new Unusable(`${option} in its address: ${path} contains no PEM ${name}; name the right file`)
}
