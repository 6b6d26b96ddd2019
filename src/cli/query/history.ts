import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * The file that keeps the lines typed at the prompt: in the user's home and not with the data, which others read too and
 * which may be read-only. (The XDG Base Directory Specification calls this state.)
 */
const historyFile = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'redress', 'query-history')

/** The lines of earlier prompts, newest first; none if they cannot be read. */
export const readHistory = (): ReadonlyArray<string> => {
  try {
    return readFileSync(historyFile(), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .reverse()
  } catch {
    return []
  }
}

/** Stores the lines, given newest first; a failure loses the history and nothing else. */
export const keepHistory = (lines: ReadonlyArray<string>): void => {
  try {
    const file = historyFile()
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${lines.toReversed().join('\n')}\n`, { mode: 0o600 })
    chmodSync(file, 0o600)
  } catch {}
}
