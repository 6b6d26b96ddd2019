import { Metadata, type ServiceError, status } from '@grpc/grpc-js'

/** An error that ends a call, with the trailers that the client reads. */
export const callError = (
  code: status,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): ServiceError => {
  const metadata = new Metadata()
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value)
  return Object.assign(new Error(details), { code, details, metadata })
}

export const serverBusy = (): ServiceError => callError(status.UNAVAILABLE, 'Server Is Too Busy')

export const broken = (): ServiceError => callError(status.UNAVAILABLE, 'Connection dropped')

/** The real server answers so in 24.10 and later; before, it is UNKNOWN. The client shows UnknownError for both. */
export const invalidPosition = (): ServiceError =>
  callError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.')

export const notLeader = ({ host, port }: { readonly host: string; readonly port: number }): ServiceError =>
  callError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  })

export const appendTimeout = (): ServiceError => callError(status.ABORTED, 'Operation timed out: Timed out')

export const tooLarge = (size: number): ServiceError =>
  callError(status.INVALID_ARGUMENT, `Maximum Append Size of ${size} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(size),
  })

export const streamDeleted = (stream: string): ServiceError =>
  callError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  })
