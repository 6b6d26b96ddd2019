import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Where the lines typed at the prompt are kept: with the person and not with the data, which others read too and which
 * need not be writable. (The XDG Base Directory Specification calls this state.)
 */
const historyFile = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'redress', 'query-history')

/** The lines of earlier prompts, the newest first; none where they can't be read. */
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

/** Keeps them, the newest first; a failure costs the history and nothing else. */
export const keepHistory = (lines: ReadonlyArray<string>): void => {
  try {
    const file = historyFile()
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${lines.toReversed().join('\n')}\n`, { mode: 0o600 })
    chmodSync(file, 0o600)
  } catch {}
}
