const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const ZERO = /\p{Mn}|\p{Me}|\u200c|\u200d/u

const ASCII = /^[\x20-\x7e]*$/

/** How many columns of a terminal a text occupies, accurate enough for wrapping. */
export const widthOf = (text: string): number => {
  if (ASCII.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return columns
}
