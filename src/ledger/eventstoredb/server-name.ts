import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import type { ChannelCredentials, credentials } from '@grpc/grpc-js'

/** The client's own copy of gRPC; this package does not otherwise depend on it. */
const grpc: { readonly credentials: typeof credentials } = createRequire(
  createRequire(import.meta.url).resolve('@eventstore/db-client'),
)('@grpc/grpc-js')

/**
 * Runs what creates TLS credentials, without a server name if the address is an IP. gRPC passes each address to TLS
 * as a server name, which RFC 6066 forbids for an IP: Node warns about it (DEP0123) and will ignore the name. The
 * certificate is checked against the address, with or without the name.
 */
export const withoutIpAsServerName = <A>(makeCredentials: () => A): A => {
  const { createSsl } = grpc.credentials
  grpc.credentials.createSsl = (...args) => namingNoIp(createSsl(...args))
  try {
    return makeCredentials()
  } finally {
    grpc.credentials.createSsl = createSsl
  }
}

const namingNoIp = (made: ChannelCredentials): ChannelCredentials => {
  const connector = made._createSecureConnector.bind(made)
  made._createSecureConnector = (...args) => {
    const secure = connector(...args)
    // Cast: gRPC's types do not include what it passes to `tls.connect`.
    const { connectionOptions } = secure as { readonly connectionOptions?: { servername?: string } }
    if (connectionOptions?.servername !== undefined && isIP(connectionOptions.servername) !== 0) {
      delete connectionOptions.servername
    }
    return secure
  }
  return made
}
