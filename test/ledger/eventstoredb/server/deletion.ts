/** What a stream's metadata (the last event of `$$stream`) say of its retention. */
export type Retention = {
  readonly maxCount?: number
  /** In seconds. */
  readonly maxAge?: number
  /** The first revision that reads give. */
  readonly truncateBefore?: number | 'deleted'
}

/** `$tb` of a stream that is soft-deleted: the largest 64-bit revision. A tombstone stands at this revision. */
export const LAST_REVISION = 9_223_372_036_854_775_807n

const encoder = new TextEncoder()

/** Metadata as the server stores them. */
export const metadataJson = ({ maxCount, maxAge, truncateBefore }: Retention): Uint8Array => {
  const members = [
    ...(maxCount === undefined ? [] : [`"$maxCount":${maxCount}`]),
    ...(maxAge === undefined ? [] : [`"$maxAge":${maxAge}`]),
    ...(truncateBefore === undefined
      ? []
      : [`"$tb":${truncateBefore === 'deleted' ? LAST_REVISION : truncateBefore}`]),
  ]
  return encoder.encode(`{${members.join(',')}}`)
}

export const retentionOf = (metadata: Uint8Array | undefined): Retention => {
  if (metadata === undefined) return {}
  const { $maxCount, $maxAge, $tb } = Object(JSON.parse(Buffer.from(metadata).toString('utf8')))
  return {
    ...($maxCount === undefined ? {} : { maxCount: Number($maxCount) }),
    ...($maxAge === undefined ? {} : { maxAge: Number($maxAge) }),
    // JSON.parse rounds the largest revision.
    ...($tb === undefined ? {} : { truncateBefore: Number($tb) > 2 ** 60 ? 'deleted' : Number($tb) }),
  }
}

/** Whether reads still give an event of a stream that is not deleted; `last` is the stream's last revision. */
export const isKept = (
  { maxCount, maxAge, truncateBefore }: Retention,
  event: { readonly revision: number | bigint; readonly created: number },
  last: number,
): boolean =>
  truncateBefore !== 'deleted' &&
  event.revision >= (truncateBefore ?? 0) &&
  (maxCount === undefined || Number(event.revision) > last - maxCount) &&
  (maxAge === undefined || event.created >= Date.now() - maxAge * 1_000)
