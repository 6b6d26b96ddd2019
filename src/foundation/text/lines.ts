/** Lines that end with LF, CRLF or CR; one by one, because there can be millions. */
export function* linesOf(text: string): Iterable<string> {
  for (let start = 0; start <= text.length; ) {
    const lf = text.indexOf('\n', start)
    const end = lf === -1 ? text.length : lf
    const line = text.slice(start, text[end - 1] === '\r' ? Math.max(start, end - 1) : end)
    if (line.includes('\r')) yield* line.split('\r')
    else yield line
    start = end + 1
  }
}
