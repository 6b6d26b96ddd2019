import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { StoreError } from '../../foundation/store-error.ts'
import type { ClusterAddress } from './address.ts'

/** How a node reacts to a TLS handshake. */
type Reaction =
  /** It answers, in the way that the address asks for. */
  | { readonly kind: 'fits' }
  /** No answer; a retry may succeed. */
  | { readonly kind: 'silent' }
  /** There is no node at that address now. */
  | { readonly kind: 'absent'; readonly message: string }
  /** No retry will help; `message` says what will. */
  | { readonly kind: 'wrong'; readonly message: string }

type Target = Pick<ClusterAddress, 'hosts' | 'tls' | 'tlsCAFile' | 'ca'>

/** How long a node may take to answer, in ms. */
const PATIENCE = 3_000

/**
 * Why no node of a cluster can be reached at its address, and what to do; null when one can, or a retry may succeed.
 * gRPC reports these causes late and in the words of OpenSSL or, when it looks for the leader first, not at all.
 */
export const whyUnreachable = async (target: Target): Promise<StoreError | null> => {
  const reactions = await Promise.all(target.hosts.map(({ address, port }) => probe(target, address, port)))
  if (reactions.some(({ kind }) => kind === 'fits')) return null
  const wrong = reactions.find((each) => each.kind === 'wrong')
  if (wrong !== undefined) return { kind: 'unusable', message: wrong.message }
  const absent = reactions.filter((each) => each.kind === 'absent')
  if (absent.length < reactions.length) return null
  const remedy = 'check the address, and that the cluster is running'
  return { kind: 'unavailable', message: `${absent.map(({ message }) => message).join(', ')}; ${remedy}` }
}

const probe = async (target: Target, host: string, port: number): Promise<Reaction> => {
  const at = `${host}:${port}`
  const outcome = await startTls(target, host, port)
  if (outcome !== 'secure') {
    if (outcome.code === 'ECONNREFUSED') return { kind: 'absent', message: `nothing listens on ${at}` }
    if (outcome.code === 'ENOTFOUND') return { kind: 'absent', message: `there is no host named ${host}` }
  }
  const usesTls = outcome === 'secure' || isCertificateError(outcome)
  if (target.tls === false) {
    if (usesTls) return { kind: 'wrong', message: `${at} uses TLS: remove tls=false from the address` }
    return { kind: isNotTls(outcome) ? 'fits' : 'silent' }
  }
  if (outcome === 'secure') return { kind: 'fits' }
  if (isNotTls(outcome)) {
    return {
      kind: 'wrong',
      message: `${at} does not use TLS: give the port that does, or add tls=false to the address`,
    }
  }
  return usesTls ? { kind: 'wrong', message: describeDistrust(target, at, outcome) } : { kind: 'silent' }
}

/** Starts TLS as the client does: `secure`, or the error's code and message. */
const startTls = ({ ca }: Target, host: string, port: number): Promise<'secure' | Failed> =>
  new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ca,
      ALPNProtocols: ['h2'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
    })
    const end = (outcome: 'secure' | Failed): void => {
      socket.destroy()
      resolve(outcome)
    }
    socket.setTimeout(PATIENCE, () => end({ code: 'ETIMEDOUT', message: '' }))
    socket.once('secureConnect', () => end('secure'))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end({ code: error.code ?? '', message: error.message }),
    )
  })

type Failed = { readonly code: string; readonly message: string }

/** OpenSSL read something other than TLS. */
const isNotTls = (outcome: 'secure' | Failed): boolean =>
  outcome !== 'secure' && /wrong version number|packet length too long/.test(outcome.message)

const ISSUER_UNKNOWN: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
])

const isCertificateError = (outcome: 'secure' | Failed): outcome is Failed =>
  outcome !== 'secure' && (ISSUER_UNKNOWN.has(outcome.code) || /^(?:ERR_TLS_)?CERT_/.test(outcome.code))

const describeDistrust = ({ tlsCAFile }: Target, at: string, { code, message }: Failed): string => {
  if (!ISSUER_UNKNOWN.has(code)) {
    return `the certificate of ${at} is not valid (${message}); use an address that the certificate names, or renew it`
  }
  return tlsCAFile === undefined
    ? `the certificate of ${at} is not from an issuer that this machine trusts; name the issuer's certificate file in the address: tlsCAFile=/path/ca.crt`
    : `the certificate of ${at} is not from an issuer in ${tlsCAFile}; name its issuer's certificate file with tlsCAFile=`
}
