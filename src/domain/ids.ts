import { branded } from './codec.ts'

const ID = /^[A-Za-z0-9_.:-]{1,200}$/
const DECISION_ID = /^[A-Za-z0-9_-]{1,200}$/
const isId = (text: string): boolean => ID.test(text)
const ID_NAME = '1 to 200 of A-Z a-z 0-9 _ . : -'

/** An opaque id or a code: of rules, rulesets, versions, detectors, notices, categories… */
export const Id = branded<'Id'>(ID_NAME, isId)
export type Id = typeof Id._A

/** The platform's opaque id of an account; never an email address or a handle. */
export const AccountId = branded<'AccountId'>(ID_NAME, isId)
export type AccountId = typeof AccountId._A

export const FlagId = branded<'FlagId'>(ID_NAME, isId)
export type FlagId = typeof FlagId._A

export const AppealId = branded<'AppealId'>(ID_NAME, isId)
export type AppealId = typeof AppealId._A

/** Narrower than the other ids: it becomes a part of file names and of published `puid`s. */
export const DecisionId = branded<'DecisionId'>('1 to 200 of A-Z a-z 0-9 _ -', (text) =>
  DECISION_ID.test(text),
)
export type DecisionId = typeof DecisionId._A

/** A CloudEvents `source`: a URI reference. */
export const Source = branded<'Source'>('a URI reference of 1 to 200 visible ASCII characters', (text) =>
  /^[\x21-\x7e]{1,200}$/.test(text),
)
export type Source = typeof Source._A

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const Sha256 = branded<'Sha256'>('64 lower-case hexadecimal digits', (text) =>
  /^[0-9a-f]{64}$/.test(text),
)
export type Sha256 = typeof Sha256._A

/** A short text of one line: a reference to a law, an authority's name, a reviewer's reason. */
export const Line = branded<'Line'>('1 to 1,000 characters on one line', (text) =>
  /^[^\p{Cc}\u2028\u2029]{1,1000}$/u.test(text),
)
export type Line = typeof Line._A
