/** The scripts whose spelling needs a joiner or a non-joiner between letters: Persian, Hindi and others. */
const JOINING_SCRIPTS = [
  'Arabic',
  'Syriac',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
]
const JOINING = `[[${JOINING_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]&&[\\p{L}\\p{M}]]`
const EMOJI = '[[\\p{Emoji}\\p{Extended_Pictographic}]--[0-9#*]]'

/** What is unsafe, except in a valid place. */
const SUSPECT = [
  // Controls (ESC, U+009B, DEL, line feeds...), lone surrogates, line and paragraph separators.
  '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}',
  // What changes the direction of the text around it.
  '\\p{Bidi_Control}',
  // What Unicode defines as invisible: zero-width spaces, fillers, tags, variation selectors, soft hyphens...
  '\\p{Default_Ignorable_Code_Point}',
  // Braille's blank cell, interlinear annotations, and noncharacters.
  '\\u2800\\ufff9-\\ufffb\\p{Noncharacter_Code_Point}',
].join('')

/** Joiners and variation selectors as used in the spelling of emoji and some scripts. */
const IN_PLACE = [
  `(?<=${EMOJI})[\\ufe0e\\ufe0f]`,
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  `(?<=${EMOJI}[\\ufe0f\\p{Emoji_Modifier}]?)\\u200d(?=${EMOJI})`,
  `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
].join('|')

/**
 * The single definition of what must not be shown unescaped: what controls a terminal, changes how the text around it
 * reads, or is invisible.
 */
const UNSAFE = new RegExp(`(?=[${SUSPECT}])(?!${IN_PLACE}).`, 'gsv')

const PLAIN = /^[\x20-\x7e]*$/

/** Replaces each unsafe character of a text with the result of `escaped`. */
export const replaceUnsafe = (text: string, escaped: (character: string) => string): string =>
  PLAIN.test(text) ? text : text.replace(UNSAFE, escaped)

const shown = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`

/** A text on one line, safe to show: unsafe characters, including line feeds, are shown as `\u{1b}`. */
export const safeText = (text: string): string => replaceUnsafe(text, shown)

/**
 * A text of several lines, each safe to show; the line feeds between them, with or without a carriage return, are
 * kept.
 */
export const safeLines = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/\r(?!\n)|[^\r\n]+/g, safeText)
