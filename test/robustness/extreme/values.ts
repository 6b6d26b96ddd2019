/** The edges of what RFC 3339 can write, of what other programs' clocks can hold, and of how it can be written. */
const times = [
  '0000-01-01T00:00:00Z',
  '0000-01-01T23:59:00+23:59',
  '0000-02-29T12:00:00.5Z',
  '0001-01-01T00:00:00Z',
  '0099-12-31T23:59:59.999999999Z',
  '1582-10-10T00:00:00Z',
  '1677-09-21T00:12:43.145Z',
  '1677-09-21T00:12:43.146Z',
  '1900-02-28T23:59:59.999Z',
  '1969-12-31T23:59:59.9999Z',
  '1970-01-01T00:00:00Z',
  '2024-02-29t23:59:59.123456789012345678901234567890z',
  '2038-01-19T03:14:08Z',
  '2262-04-11T23:47:16.854775807Z',
  '2262-04-11T23:47:16.855Z',
  '3025-05-01T00:00:00Z',
  '9999-12-31T00:00:59.999999-23:59',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999999999Z',
]

const numbers = [
  0,
  0.1,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 31,
  -(2 ** 31) - 1,
  Number.MAX_VALUE,
]

const texts = [
  '',
  ' ',
  '.',
  '..',
  '-',
  '0',
  'NaN',
  'null',
  'CON',
  '__proto__',
  'constructor',
  '2025-05-01',
  'x'.repeat(200),
  '\u{1f9f5}'.repeat(1_000),
  '\u{10ffff}\ufffd\u0301',
  'ß\u0130\u0131\ufb01',
  `application/json;${'x'.repeat(100)}`,
  '~'.repeat(512),
  '0'.repeat(64),
]

/** Values at the edges, of every kind that JSON has; which of them a field takes, `ingest` says. */
export const extremes: ReadonlyArray<unknown> = [
  ...times,
  ...numbers,
  ...texts,
  true,
  false,
  null,
  [],
  Array.from({ length: 60 }, (_, i) => `${i}`.padStart(200, 'x')),
  ['x1', 'x1'],
  {},
  // Names that differ only in case, that every object inherits, and that are as long as they may be.
  Object.fromEntries(
    ['free', 'Free', 'FREE', 'constructor', 'toString', 'sequence', 'y'.repeat(200)].map((name) => [name, 1]),
  ),
  Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`s${i}`, i])),
]
