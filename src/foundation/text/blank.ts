/** Blanks, controls, what Unicode defines as invisible, Braille's blank cell and the null notehead. */
const BLANK = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]*$/u

/** Whether a text has nothing visible. */
export const isBlank = (text: string): boolean => BLANK.test(text)
