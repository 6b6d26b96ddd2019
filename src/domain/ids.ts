import { matching } from './codec.ts'

const ID = /^[A-Za-z0-9_.:-]{1,200}$/u
/** The form of an id, in words. */
export const ID_FORM = '1 to 200 characters from A-Z a-z 0-9 _ . : -'
const ID_NAME = `an id of ${ID_FORM}`

/** An opaque id or a code: of rules, rulesets, versions, detectors, notices, categories… */
export const Id = matching<'Id'>(ID_NAME, ID)
export type Id = typeof Id._A

/** The platform's opaque id of an account; never an email address or a handle. */
export const AccountId = matching<'AccountId'>(ID_NAME, ID)
export type AccountId = typeof AccountId._A

export const FlagId = matching<'FlagId'>(ID_NAME, ID)
export type FlagId = typeof FlagId._A

export const AppealId = matching<'AppealId'>(ID_NAME, ID)
export type AppealId = typeof AppealId._A

/** Narrower than the other ids: it becomes part of file names and of published `puid`s. */
export const DecisionId = matching<'DecisionId'>(
  'an id of 1 to 200 characters from A-Z a-z 0-9 _ -',
  /^[A-Za-z0-9_-]{1,200}$/u,
)
export type DecisionId = typeof DecisionId._A

/** A CloudEvents `source`: a URI reference. */
export const Source = matching<'Source'>(
  'a URI reference of 1 to 200 printable ASCII characters without spaces',
  /^[\x21-\x7e]{1,200}$/u,
)
export type Source = typeof Source._A

/** SHA-256 as 64 lowercase hexadecimal digits. */
export const Sha256 = matching<'Sha256'>('64 lowercase hexadecimal digits', /^[0-9a-f]{64}$/u)
export type Sha256 = typeof Sha256._A

/** A short text of one line: a reference to a law, an authority's name, a reviewer's reason. */
export const Line = matching<'Line'>('one line of 1 to 1,000 characters', /^[^\p{Cc}\u2028\u2029]{1,1000}$/u)
export type Line = typeof Line._A
