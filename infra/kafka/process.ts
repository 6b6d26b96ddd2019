import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** A process that may have ended long ago: its number, and a string that only its own command line contains. */
export type Known = { readonly pid: number; readonly mark: string }

/** A number alone may since belong to another process, which must not be signalled. */
export const isAlive = ({ pid, mark }: Known): boolean => commandLine(pid).includes(mark)

const commandLine = (pid: number): string => {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const TERM_PATIENCE_MS = 20_000
const KILL_PATIENCE_MS = 10_000

/** Asks a process to end, and kills it if it does not. */
export const stopProcess = async (known: Known): Promise<void> => {
  if (!(await signalled(known, 'SIGTERM', TERM_PATIENCE_MS))) await killProcess(known)
}

export const killProcess = async (known: Known): Promise<void> => {
  if (!(await signalled(known, 'SIGKILL', KILL_PATIENCE_MS))) {
    throw new Error(`process ${known.pid} did not exit`)
  }
}

/** Whether the process has ended within some time after a signal. */
const signalled = async (known: Known, signal: NodeJS.Signals, patience: number): Promise<boolean> => {
  const deadline = Date.now() + patience
  if (isAlive(known)) process.kill(known.pid, signal)
  while (isAlive(known)) {
    if (Date.now() > deadline) return false
    await setTimeout(20)
  }
  return true
}

/**
 * Has a process killed when this one ends, however it ends: a shell waits for the pipe from here to be closed.
 * Returns a function that cancels this.
 */
export const tieToThisProcess = (pid: number): (() => void) => {
  const watch = spawn('sh', ['-c', 'read line || kill -9 "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of reach of a terminal's Ctrl-C, which would end it too early.
    detached: true,
  })
  // It may already have ended when this is cancelled.
  watch.stdin.on('error', () => {})
  watch.unref()
  return () => watch.stdin.end('called off\n')
}
