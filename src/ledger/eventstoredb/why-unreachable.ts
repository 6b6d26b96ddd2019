import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { ClusterAddress } from './address.ts'

/** What a node does when TLS is begun with it. */
type Seen =
  /** It answers, in the way that the address asks for. */
  | { readonly kind: 'fits' }
  /** It does not answer; another try may tell. */
  | { readonly kind: 'silent' }
  /** No other try will help; `why` says what will. */
  | { readonly kind: 'wrong'; readonly why: string }

type Target = Pick<ClusterAddress, 'hosts' | 'tls' | 'tlsCAFile' | 'ca'>

/** How long a node may take to answer, in ms. */
const PATIENCE = 3_000

/**
 * Why no node of a cluster can be talked to as its address says, and what to do; null when one can, or none answers.
 * gRPC's own errors tell it in words of OpenSSL, and where nodes are looked for first, not at all.
 */
export const whyUnreachable = async (target: Target): Promise<string | null> => {
  const seen = await Promise.all(target.hosts.map(({ address, port }) => look(target, address, port)))
  if (seen.some(({ kind }) => kind === 'fits')) return null
  return seen.find((each) => each.kind === 'wrong')?.why ?? null
}

const look = async (target: Target, host: string, port: number): Promise<Seen> => {
  const at = `${host}:${port}`
  const outcome = await beginTls(target, host, port)
  const usesTls = outcome === 'secure' || isCertificateError(outcome)
  if (target.tls === false) {
    if (usesTls) return { kind: 'wrong', why: `${at} uses TLS: remove tls=false from the address` }
    return { kind: isNoTls(outcome) ? 'fits' : 'silent' }
  }
  if (outcome === 'secure') return { kind: 'fits' }
  if (isNoTls(outcome)) {
    return {
      kind: 'wrong',
      why: `${at} does not use TLS: give the port that does, or add tls=false to the address`,
    }
  }
  return usesTls ? { kind: 'wrong', why: distrust(target, at, outcome) } : { kind: 'silent' }
}

/** Begins TLS as the client does; `secure`, or the code of the error and its message. */
const beginTls = ({ ca }: Target, host: string, port: number): Promise<'secure' | Failed> =>
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

/** OpenSSL read something else than TLS. */
const isNoTls = (outcome: 'secure' | Failed): boolean =>
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

const distrust = ({ tlsCAFile }: Target, at: string, { code, message }: Failed): string => {
  if (!ISSUER_UNKNOWN.has(code)) {
    return `the certificate of ${at} is not valid (${message}); use an address that the certificate names, or renew it`
  }
  return tlsCAFile === undefined
    ? `the certificate of ${at} is not from an issuer that this machine trusts; name the issuer's certificate file in the address: tlsCAFile=/path/ca.crt`
    : `the certificate of ${at} is not from an issuer in ${tlsCAFile}; name its issuer's certificate file with tlsCAFile=`
}
