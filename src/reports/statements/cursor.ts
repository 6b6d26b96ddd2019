import * as t from 'io-ts'
import * as E from '#fp/Either'
import { closed, describeDecodeError, oneOf, orNull, problems } from '../../domain/codec.ts'
import { Sha256 } from '../../domain/ids.ts'
import { Timestamp } from '../../domain/time.ts'

const isCount = (u: unknown): u is number => Number.isSafeInteger(u) && Number(u) >= 0
const count = new t.Type<number>(
  'a whole number',
  isCount,
  (u, context) => (isCount(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)
const instant = orNull(Timestamp, 'a time, or null')

const common = {
  /** Every decision recorded up to this sequence is exported, or is listed in another of the folder's files. */
  sequence: count,
  /** `source id` of the event there, which tells this ledger from another; null: there was none. */
  event: orNull(t.string, 'a string, or null'),
  /** The hash of the mapping that the last run used. */
  mappingSha256: Sha256,
  /** Only decisions made at or after `from` and before `to` are exported here. */
  from: instant,
  to: instant,
  batches: count,
  statements: count,
  corrections: count,
  /** Decisions that could not be filled, which each run retries. */
  unfilled: count,
}

/** The number of lines in `remarks.ndjson`, by field. */
const remarks = t.readonly(t.record(t.string, count))

/** As the first versions of Redress wrote it. */
const FirstCursor = closed('a cursor', { version: oneOf('1'), ...common })

/** As some later ones wrote it, under the number of the next version. */
const UnnumberedCursor = closed('a cursor', { version: oneOf('2'), ...common, remarks }, { final: count })

/** The version that this Redress writes; raise it with every change of what is in `cursor.json`. */
const VERSION = '2'

/** How far a folder's export has got; `cursor.json`, which is written last. */
const SecondCursor = closed('a cursor', {
  version: oneOf(VERSION),
  ...common,
  /** Decisions that can never be filled. */
  final: count,
  /** Decisions that the mapping leaves out. */
  leftOut: count,
  remarks,
})
export type Cursor = Omit<t.TypeOf<typeof SecondCursor>, 'version'> & {
  /** `1`: written before changes had statements of their own. */
  readonly version: '1' | '2'
}

/** Decodes a cursor file's JSON, or says what is wrong with it. */
export const readCursor = (value: unknown): E.Either<string, Cursor> => {
  if (SecondCursor.is(value)) return E.right(value)
  if (FirstCursor.is(value)) return E.right({ ...value, final: 0, leftOut: 0, remarks: {} })
  if (UnnumberedCursor.is(value)) return E.right({ final: 0, ...value, version: '1', leftOut: 0 })
  const version = Number(Object(value).version)
  if (version > Number(VERSION)) {
    return E.left(`a newer Redress wrote it (version ${version}, this one knows ${VERSION}): update Redress`)
  }
  const [first] = problems(SecondCursor, value)
  return E.left(first === undefined ? 'unreadable' : describeDecodeError(first))
}
