import { statSync } from 'node:fs'
import { Unavailable } from '../attempt.ts'

/** Throws `Unavailable` when a file that is open no longer is the one at its path. */
export type AssertInPlace = () => void

/** A database and what SQLite keeps beside it for as long as anybody has it open. */
const SUFFIXES = ['', '-wal', '-shm'] as const

/**
 * Opens a database file, and gives what tells whether it is still there. To be asked after each commit, before anything is
 * acknowledged: a file that was removed, moved or replaced goes on taking writes, and nobody finds them at its path.
 */
export const openInPlace = <A>(path: string, open: () => A): readonly [A, AssertInPlace] => {
  // The open file itself cannot be asked which it is: so the path is asked before it is opened.
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
        if (identityOf(file) !== identity) throw new Unavailable(gone(file))
      }
    },
  ]
}

/** Which file is at a path; undefined: none. */
const identityOf = (path: string): string | undefined => {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}

const gone = (file: string): string =>
  `${file} was removed, moved or replaced while it was in use; nothing more is acknowledged. Put it back, or name where it is now with --data, and run this again`
