/**
 * Kafka's Metadata request and response in version 10, the first that reports a topic's id (KIP-516); kafkajs 2.2.4
 * knows versions up to 6. From version 9 on the encoding is the "flexible" one: lengths are unsigned varints, one
 * more than the length (0: null), and each structure ends with tagged fields, which a reader skips.
 */
export const METADATA = 3
export const METADATA_VERSION = 10

/** What a broker reports about a topic. */
export type TopicMetadata = {
  /** Kafka's error code for the topic; 0: none. */
  readonly errorCode: number
  readonly name: string
  /** As Kafka's own tools print it; null: the topic has none. */
  readonly topicId: string | null
  /** The nodes that lead a partition, each once. */
  readonly leaders: ReadonlyArray<number>
}

/** The request for one topic, from the tagged fields of its header on. */
export const encodeMetadataRequest = (topic: string): Buffer => {
  const name = Buffer.from(topic)
  return Buffer.concat([
    NO_TAGS, // of the header
    uvarint(1 + 1), // topics: one
    NO_ID,
    uvarint(name.length + 1),
    name,
    NO_TAGS, // of the topic
    Buffer.from([0, 0, 0]), // no creation of topics, no authorized operations of cluster and topics
    NO_TAGS,
  ])
}

/** The topics of a response, starting with the tagged fields of its header. Throws if it is malformed. */
export const decodeMetadataResponse = (response: Buffer): ReadonlyArray<TopicMetadata> => {
  const from = reader(response)
  from.skipTags() // of the header
  from.int32() // throttle time
  from.array(() => {
    from.int32() // node
    from.string() // host
    from.int32() // port
    from.string() // rack
    from.skipTags()
  })
  from.string() // cluster
  from.int32() // controller
  return from.array(() => topicFrom(from))
}

const topicFrom = (from: Reader): TopicMetadata => {
  const errorCode = from.int16()
  const name = from.string() ?? ''
  const id = from.bytes(NO_ID.length)
  from.bytes(1) // is it internal?
  const leaders = from.array(() => {
    from.int16() // error code
    from.int32() // partition
    const leader = from.int32()
    from.int32() // leader epoch
    for (const _ of ['replicas', 'in sync', 'offline']) from.array(() => from.int32())
    from.skipTags()
    return leader
  })
  from.int32() // authorized operations
  from.skipTags()
  return {
    errorCode,
    name,
    topicId: id.equals(NO_ID) ? null : id.toString('base64url'),
    leaders: [...new Set(leaders)].filter((node) => node >= 0),
  }
}

const NO_TAGS = Buffer.from([0])
const NO_ID = Buffer.alloc(16)

const uvarint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.from([...bytes, rest])
}

type Reader = ReturnType<typeof reader>

const reader = (buffer: Buffer) => {
  let at = 0
  const bytes = (length: number): Buffer => {
    if (length < 0 || at + length > buffer.length) throw new Error('a Metadata response ends too soon')
    at += length
    return buffer.subarray(at - length, at)
  }
  const uvarint = (): number => {
    let value = 0
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = bytes(1).readUInt8()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Error('a Metadata response has a number that is too long')
  }
  return {
    bytes,
    int16: (): number => bytes(2).readInt16BE(),
    int32: (): number => bytes(4).readInt32BE(),
    string: (): string | null => {
      const length = uvarint()
      return length === 0 ? null : bytes(length - 1).toString()
    },
    array: <A>(one: () => A): ReadonlyArray<A> => {
      const items: A[] = []
      for (let left = uvarint(); left > 1; left--) items.push(one())
      return items
    },
    skipTags: (): void => {
      for (let left = uvarint(); left > 0; left--) {
        uvarint() // which tag
        bytes(uvarint())
      }
    },
  }
}
