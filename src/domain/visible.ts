/**
 * What would show a text other than it is, or steer a terminal: controls, lone surrogates, line separators, marks of
 * writing direction, and letters that can't be seen (the joiners of emoji stay).
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu

/** A text of one line with nothing in it that can't be seen: what is unsafe is shown as `\u{1b}`. */
export const visible = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
