import { wrap } from '../foundation/text/fit-text.ts'
import { terminalWidth } from './terminal.ts'

/** The width of help if the output is not a terminal: commander's own. */
const WIDTH = 80

/** The text below a command's help, wrapped as commander wraps the rest; indented lines stay as they are. */
export const helpNotes = (text: string) => (): string => {
  const width = terminalWidth() ?? WIDTH
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width)))
    .join('\n')
}
