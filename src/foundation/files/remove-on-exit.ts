import { rmSync } from 'node:fs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const paths = new Set<string>()

/**
 * Removes a temporary file or folder, if it exists, should the process end before the returned function is called: by
 * an exit, or by a signal that nobody else handles. Only a kill (SIGKILL) leaves it.
 */
export const removeOnExit = (path: string): (() => void) => {
  if (paths.size === 0) listen()
  paths.add(path)
  return () => {
    if (paths.delete(path) && paths.size === 0) stopListening()
  }
}

const removeAll = (): void => {
  for (const path of paths) rmSync(path, { recursive: true, force: true })
}

const onSignal = (signal: NodeJS.Signals): void => {
  // Another listener ends the work itself, after which nothing is left to remove.
  if (process.listenerCount(signal) > 1) return
  removeAll()
  stopListening()
  process.kill(process.pid, signal)
}

const listen = (): void => {
  process.on('exit', removeAll)
  // First: a listener added with `once` would no longer be counted after it has run.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
}

const stopListening = (): void => {
  process.off('exit', removeAll)
  for (const signal of SIGNALS) process.off(signal, onSignal)
}
