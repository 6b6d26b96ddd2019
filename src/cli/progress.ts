import { createRequire } from 'node:module'
import { safeText } from '../foundation/text/safe-text.ts'
import { noteLine } from './output.ts'

// Loaded where a bar is drawn: on a terminal.
const require = createRequire(import.meta.url)

/** Shows the progress of long work. */
export type Progress = {
  /** Sets what is done so far, the total if it has changed, and a note. */
  readonly update: (done: number, total?: number, note?: string) => void
  /** Writes a line above the bar. */
  readonly print: (line: string) => void
  readonly stop: () => void
}

const silent: Progress = {
  update: () => {},
  print: noteLine,
  stop: () => {},
}

/** Shows a progress bar on stderr if that is a terminal; `unit` names what is counted. */
export const startProgress = (label: string, total: number, unit: string): Progress => {
  if (!process.stderr.isTTY) return silent
  const { SingleBar }: typeof import('cli-progress') = require('cli-progress')
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${label} {bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left{note}`,
    barCompleteChar: '\u2588',
    barIncompleteChar: '\u2591',
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
    fps: 8,
  })
  bar.start(total, 0, { note: '' })
  return {
    update: (done, newTotal, note) => {
      if (newTotal !== undefined) bar.setTotal(newTotal)
      bar.update(done, note === undefined ? {} : { note: ` | ${safeText(note)}` })
    },
    print: (line) => {
      // The bar redraws itself below.
      process.stderr.write('\r\u001b[K')
      noteLine(line)
    },
    stop: () => bar.stop(),
  }
}

/** Shows the progress of work in several parts, with a bar for each. */
export type PartsProgress = {
  /** Reports a part's progress; each part counts from zero. */
  readonly part: (label: string, unit: string) => (done: number, total: number) => void
  readonly stop: () => void
}

export const progressOfParts = (): PartsProgress => {
  let bar: Progress | null = null
  let shown = { label: '', done: 0 }
  return {
    part: (label, unit) => (done, total) => {
      if (bar === null || label !== shown.label || done < shown.done) {
        bar?.stop()
        bar = startProgress(label, total, unit)
      }
      shown = { label, done }
      bar.update(done, total)
    },
    stop: () => bar?.stop(),
  }
}
