import { publishedTypes } from '../../../src/domain/event.ts'
import { incoming, pathsIn } from '../../domain/samples.ts'

/** The value at a path that `pathsIn` gave. */
export const valueAt = (json: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    // Cast: such a path goes through objects and lists only.
    (inside, key) => (inside as Readonly<Record<string, unknown>>)[key],
    json,
  )

const places = publishedTypes
  .map((type) => incoming(type))
  .flatMap((sample) => pathsIn(sample).map((path) => ({ path, value: valueAt(sample, path) })))

/** Whatever stands somewhere in a sample, containers too. */
export const sampleValues: ReadonlyArray<unknown> = places.map(({ value }) => value)

/** Every character of ASCII, and some beyond it that look or count otherwise than they seem. */
export const characters: ReadonlyArray<string> = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  ...['\u0080', '\u0085', '\u009f', '\u00a0', 'ä', '\u017f', '\u212a', '\u2003', '\u2028', '\u2029', '２'],
  ...['\ufeff', '😀', '\ud800', '\udc00'],
]

/** Lengths at which some pattern changes its mind. */
const lengths = [63, 64, 65, 99, 100, 101, 199, 200, 201, 511, 512, 513, 999, 1000, 1001]
const longTexts: ReadonlyArray<string> = lengths.flatMap((length) =>
  ['a', '-', '😀'].map((unit) => unit.repeat(length)),
)

/** Words of all enumerations. */
const words = [
  ...[
    'rule',
    'model',
    'hash_match',
    'human',
    'automated',
    'own_initiative',
    'user_notice',
    'trusted_flagger',
  ],
  ...[
    'authority',
    'suspended',
    'terminated',
    'appeal',
    'correction',
    'expiry',
    'order',
    'upheld',
    'reversed',
  ],
  ...[
    'modified',
    'omitted',
    'fully',
    'partially',
    'not',
    'law',
    'terms',
    'user',
    'act',
    'inform',
    '1.0',
    'Rule',
  ],
]

const mediaTypes = [
  ...['application/json', 'APPLICATION/JSON', 'text/json;charset=utf-8', 'application/x.y-z5+json ; a=b'],
  ...['application/X9+json', 'application/+json', 'application/json\u2003;', 'application/j\u017fon', 'json'],
  ...[
    'applicationjson',
    '/json',
    'a/json',
    'application/json\t\t;',
    'application/json,',
    'application/jsonp',
  ],
  ...['application/json;\n', 'application/json;\u0000', 'application/xjson', 'application/cbor', 'é/json'],
  ...[99, 100, 101].flatMap((length) => ['x', '😀'].map((unit) => `application/json;${unit.repeat(length)}`)),
]

const days = [
  ...['2024-02-29', '2023-02-29', '2000-02-29', '1900-02-29', '2100-02-29', '0000-02-29', '0004-02-29'],
  ...['2025-13-01', '2025-00-10', '2025-05-00', '2025-5-01', '12025-05-01', '225-05-01', '0000-01-01'],
  ...['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'].flatMap((month) =>
    [28, 29, 30, 31, 32].map((day) => `2025-${month}-${day}`),
  ),
]
const clocks = [
  '00:00:00',
  '19:09:09',
  '23:59:59',
  '23:59:60',
  '24:00:00',
  '12:60:00',
  '12:00',
  '12:00:0',
  '2:00:00',
]
const fractions = ['.5', '.999', '.123456789012', '.', ',5', '.5a']
const offsets = [
  ...[
    'z',
    '+00:00',
    '-00:00',
    '+05:30',
    '-19:09',
    '-23:59',
    '+24:00',
    '-01:60',
    '+0100',
    '+1:00',
    '',
    ' Z',
    'Z\n',
  ],
  ...['+01:00Z', '+23:5', '01:00'],
]
/** Times that are some, and texts that are nearly some. */
const times: ReadonlyArray<string> = [
  ...days.map((day) => `${day}T12:00:00Z`),
  ...clocks.map((clock) => `2025-05-01T${clock}Z`),
  ...fractions.map((fraction) => `2025-05-01T12:00:00${fraction}Z`),
  ...offsets.map((offset) => `2025-05-01T12:00:00${offset}`),
  ...['2025-05-01t12:00:00.25+01:00', '2025-05-01 12:00:00Z', '2025-05-01', 'x2025-05-01T12:00:00Z'],
]
export const timeParts = { days, clocks, fractions, offsets }

/** What is tried in every place. A number too large for JSON.parse comes out of it as infinite. */
export const probes: ReadonlyArray<unknown> = [
  ...[null, true, false, 0, -1.5, 1e308, Number.POSITIVE_INFINITY, {}, [], ['f1'], [null], { id: 'x' }, ''],
  ...characters.map((character) => `a${character}`),
  ...longTexts,
  ...words,
  ...mediaTypes,
  ...times,
  ...['__proto__', '0123456789abcdef'.repeat(4), 'AB'.repeat(32)],
]

/** Names that are tried as a field's in every object. */
export const names: ReadonlyArray<string> = [
  ...new Set(places.flatMap(({ path }) => path.at(-1) ?? [])),
  ...['__proto__', 'constructor', 'toString', 'length', '', 'surprise', 'recordedat', 'data_base64', 'Type'],
  ...['partitionkey', 'x-trace', 'ünï', 'a\n', 'x:y.z', 'appealId', 'decisionId'],
  ...characters,
  ...longTexts,
]
