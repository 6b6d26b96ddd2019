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

/** What is unsafe, but for what is in its place. */
const SUSPECT = [
  // Controls (ESC, U+009B, DEL, line feeds...), lone surrogates, line and paragraph separators.
  '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}',
  // What changes the direction of the text around it.
  '\\p{Bidi_Control}',
  // What Unicode says to draw as nothing: zero-width spaces, fillers, tags, variation selectors, soft hyphens...
  '\\p{Default_Ignorable_Code_Point}',
  // Braille's blank cell, interlinear annotations, and code points that are no characters.
  '\\u2800\\ufff9-\\ufffb\\p{Noncharacter_Code_Point}',
].join('')

/** Joiners and variation selectors where emoji and some scripts are spelled with them. */
const IN_PLACE = [
  `(?<=${EMOJI})[\\ufe0e\\ufe0f]`,
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  `(?<=${EMOJI}[\\ufe0f\\p{Emoji_Modifier}]?)\\u200d(?=${EMOJI})`,
  `(?<=${JOINING})[\\u200c\\u200d](?=${JOINING})`,
].join('|')

/**
 * The one definition of what must not be shown as it is: what steers a terminal, changes how the text around it reads,
 * or cannot be seen.
 */
const UNSAFE = new RegExp(`(?=[${SUSPECT}])(?!${IN_PLACE}).`, 'gsv')

const PLAIN = /^[\x20-\x7e]*$/

/** Replaces each unsafe character of a text by what `escaped` makes of it. */
export const replaceUnsafe = (text: string, escaped: (character: string) => string): string =>
  PLAIN.test(text) ? text : text.replace(UNSAFE, escaped)

const shown = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`

/** A text on one line, safe to show: what is unsafe, a line feed included, is shown as `\u{1b}`. */
export const safeText = (text: string): string => replaceUnsafe(text, shown)

/** A text of several lines, each safe to show; the line feeds between them, alone or after a carriage return, stay. */
export const safeLines = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/\r(?!\n)|[^\r\n]+/g, safeText)
