/** Characters that steer a terminal, change how the text around them reads, or cannot be seen. */
const UNSEEN = [
  ...'\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
  ...'\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9',
  ...'\u{e0001}\u{e0041}\u{e007f}\u{e0100}',
].join('')

const CONTROLS =
  '\u0000\u0007\u0008\u0085\u007f\r\u001b[2J\u001b]52;c;aGk=\u0007\u001b]8;;http://evil\u0007\u009b31m\u009d8;;evil\u009c'

const MARKUP =
  '</script></title></p><evil-tag evil-attribute="1"><script>evil()</script><img src="evil" onerror=\'evil()\'>&evil; ' +
  '[x](javascript:evil()) ![x](http://evil/x.png) <http://evil> http://evil www.evil.example *e* `e` ~~e~~ | e'

/** All that is on one line, but for control characters. */
const LINE = `e${UNSEEN}${MARKUP}`

/** Texts by what they attack; a field takes the one or the other, or none. */
export const hostileTexts: Readonly<Record<string, string>> = {
  everything: `e${CONTROLS}${UNSEEN}${MARKUP}\n# evil\n- evil\n=evil()\n\u2028evil\u2029`,
  line: LINE,
  'formula =': `=HYPERLINK("http://evil")${MARKUP}`,
  'formula +': `+evil()|'/C calc'!A0${UNSEEN}`,
  'formula @': '@SUM(1+1)*cmd',
  'formula -': '-2+evil()',
  // Fields that take no blanks.
  'no blanks': '=<img/src=evil/onerror=evil()>[x](javascript:evil())![x](http://evil/x.png)|`e`',
  // Fields that take the letters of an id.
  'id -': '-2',
  'id www': 'www.evil.example',
  'id javascript': 'javascript:evil',
}

/** The same as an argument of a program, which has no NUL in it. */
export const hostileArgument: string = (hostileTexts.everything ?? '').replaceAll('\u0000', '')

/** A name of a file: no slash, not too long. */
export const hostileName =
  '=e\u001b[2J\u009b31m\u202e\u200b\u{e0041}\n<img src=evil onerror=evil()>[x](javascript:evil())'
