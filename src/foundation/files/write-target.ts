import type { Stats } from 'node:fs'
import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { BadPath, isSystemError } from './file-error.ts'

/** What writing to a path means. */
export type WriteTarget =
  /** A regular file, or none yet, at a path that is no link. */
  | { readonly kind: 'file'; readonly path: string; readonly stats: Stats | null }
  /** A regular file that this process has open, as where standard output was redirected. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  | { readonly kind: 'fifo'; readonly path: string }
  /** What takes bytes and keeps no file of them: `/dev/null`, a terminal. */
  | { readonly kind: 'device'; readonly path: string }

/** As many as Linux follows. */
const MOST_LINKS = 40

/** Follows symbolic links to what a path stands for; throws errors of the system, and `BadPath` for what is no file. */
export const writeTargetOf = async (path: string): Promise<WriteTarget> => {
  if (path === '') throw new BadPath('the name is empty; give one')
  const stats = await nullIfMissing(stat(path))
  if (stats?.isDirectory() === true || (stats === null && /[\\/]$/.test(path))) {
    throw new BadPath('it is a folder; name a file')
  }
  if (stats?.isFIFO() === true) return { kind: 'fifo', path }
  if (stats?.isCharacterDevice() === true) return { kind: 'device', path }
  if (stats?.isBlockDevice() === true) throw new BadPath('it is a disk; name a file')
  if (stats?.isSocket() === true) throw new BadPath('it is a socket; name a file, or use a pipe')
  const end = await endOfLinks(path)
  if (end.descriptor !== null && stats !== null) return { kind: 'descriptor', descriptor: end.descriptor }
  return { kind: 'file', path: end.path, stats }
}

type End = { readonly path: string; readonly descriptor: number | null }

/** Where a chain of links ends, be something there or not; throws errors of the system and `BadPath`. */
export const endOfLinks = async (path: string): Promise<End> => {
  let at = path
  for (let links = 0; links <= MOST_LINKS; links++) {
    // A link is relative to the folder that it is really in.
    const folder = await realpath(dirname(at))
    at = join(folder, basename(at))
    // These look like links (`pipe:[4711]`, `/tmp/x (deleted)`), but stand for what is open, whatever its name is now.
    if (folder === `/proc/${process.pid}/fd` || folder === '/dev/fd') {
      return { path: at, descriptor: Number(basename(at)) }
    }
    const link = await nullIfMissing(readlink(at))
    if (link === null) return { path: at, descriptor: null }
    at = resolve(folder, link)
  }
  throw new BadPath('too many symbolic links lead on from it; check them')
}

/** What is not there, or is no link (EINVAL), is null. */
export const nullIfMissing = <A>(asked: Promise<A>): Promise<A | null> =>
  asked.catch((error: unknown) => {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'EINVAL')) return null
    throw error
  })
