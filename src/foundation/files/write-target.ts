import type { Stats } from 'node:fs'
import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { BadPath, isSystemError } from './file-error.ts'

/** What writing to a path means. */
export type WriteTarget =
  /** A regular file, or none yet, at a path that is not a link. */
  | { readonly kind: 'file'; readonly path: string; readonly stats: Stats | null }
  /** A regular file that this process has open, such as redirected standard output. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  | { readonly kind: 'fifo'; readonly path: string }
  /** A target that does not store what it receives: `/dev/null`, a terminal. */
  | { readonly kind: 'device'; readonly path: string }

/** The same limit as Linux. */
const MOST_LINKS = 40

/** Follows symbolic links to the target of a path; throws system errors, and `BadPath` for what is not a file. */
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

/** Where a chain of links ends, whether anything exists there or not; throws system errors and `BadPath`. */
export const endOfLinks = async (path: string): Promise<End> => {
  let at = path
  for (let links = 0; links <= MOST_LINKS; links++) {
    // A link is relative to the real folder that it is in.
    const folder = await realpath(dirname(at))
    at = join(folder, basename(at))
    // These look like links (`pipe:[4711]`, `/tmp/x (deleted)`), but are open files, whatever their names are now.
    if (folder === `/proc/${process.pid}/fd` || folder === '/dev/fd') {
      return { path: at, descriptor: Number(basename(at)) }
    }
    const link = await nullIfMissing(readlink(at))
    if (link === null) return { path: at, descriptor: null }
    at = resolve(folder, link)
  }
  throw new BadPath('it leads through too many symbolic links; check them')
}

/** Null for what does not exist, or is not a link (EINVAL). */
export const nullIfMissing = <A>(promise: Promise<A>): Promise<A | null> =>
  promise.catch((error: unknown) => {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'EINVAL')) return null
    throw error
  })
