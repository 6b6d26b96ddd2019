import { SingleBar } from 'cli-progress'

/** Shows how far long work has come. */
export type Progress = {
  /** Sets what is done so far, and what there is to do where that was learnt since. */
  readonly update: (done: number, total?: number) => void
  readonly stop: () => void
}

const silent: Progress = { update: () => {}, stop: () => {} }

/** A progress bar on stderr, only on a terminal; `unit` names what is counted. */
export const startProgress = (label: string, total: number, unit: string): Progress => {
  if (!process.stderr.isTTY) return silent
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${label} {bar} {percentage}% | {value}/{total} ${unit} | {eta_formatted} left`,
    barCompleteChar: '\u2588',
    barIncompleteChar: '\u2591',
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
    fps: 8,
  })
  bar.start(total, 0)
  return {
    update: (done, newTotal) => {
      if (newTotal !== undefined) bar.setTotal(newTotal)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}
