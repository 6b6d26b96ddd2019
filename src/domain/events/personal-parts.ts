import * as t from 'io-ts'
import { closed } from '../codec.ts'
import { Sealed } from '../parts.ts'

/** A person's words, as published... */
export const text = { personal: closed('an object {text}', { text: t.string }) }
export const statement = { personal: closed('an object {statement}', { statement: t.string }) }

/** ...and what is stored in their place. */
export const sealed = { sealed: Sealed }
