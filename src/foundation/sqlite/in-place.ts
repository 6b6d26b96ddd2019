import { statSync } from 'node:fs'
import { Unavailable } from '../attempt.ts'

/** Throws `Unavailable` if an open file is no longer the one at its path. */
export type AssertInPlace = () => void

/** A database and the files that SQLite keeps next to it while it is open. */
const SUFFIXES = ['', '-wal', '-shm'] as const

/**
 * Opens a database file, with a check whether it is still at its path. Must be called after each commit, before
 * anything is acknowledged: a file that was removed, moved or replaced still accepts writes, which nobody would find
 * at its path.
 */
export const openInPlace = <A>(path: string, open: () => A): readonly [A, AssertInPlace] => {
  // Node cannot tell which file a connection has open, so the path is checked before it is opened.
  const before = identityOf(path)
  const opened = open()
  const files = SUFFIXES.map((suffix) => path + suffix).flatMap((file) => {
    const identity = file === path ? (before ?? identityOf(file)) : identityOf(file)
    return identity === undefined ? [] : [{ file, identity }]
  })
  return [
    opened,
    () => {
      for (const { file, identity } of files) {
        if (identityOf(file) !== identity) throw new Unavailable(displacedMessage(file))
      }
    },
  ]
}

/** The identity of the file at a path; undefined: none. */
const identityOf = (path: string): string | undefined => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}

const displacedMessage = (file: string): string =>
  `${file} was removed, moved or replaced while it was in use; nothing more is acknowledged. Move it back, or name its new folder with --data, and run this again`
