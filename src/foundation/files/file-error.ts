/** A file could not be read or written; the message says which, why, and what to do. */
export type FileError = {
  readonly kind: 'not_read' | 'not_written'
  /** As it was given. */
  readonly path: string
  readonly message: string
}

/** Thrown if a path cannot be used as a file; the message says why, and what to do. */
export class BadPath extends Error {}

/** A failed system call, with a code such as `ENOSPC`. */
export type SystemError = NodeJS.ErrnoException & { readonly code: string }

/** Whether an error is a failed system call, and not a bug. */
export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'

/** Whether an output takes no more, such as a pipe whose reader has left. */
export const isOfWriting = (error: unknown): boolean => isSystemError(error) && error.syscall === 'write'

/** Why a path could not be read, as a value; throws anything but a system error. */
export const notRead = (path: string, error: unknown): FileError => ({
  kind: 'not_read',
  path,
  message: `cannot read ${path}: ${reasonOf(error, 'read')}`,
})

/** Why a path could not be written, as a value; throws anything but a system error. */
export const notWritten = (path: string, error: unknown): FileError => ({
  kind: 'not_written',
  path,
  message: `cannot write ${path}: ${reasonOf(error, 'write')}`,
})

/** A system error in one line: which file (`path`, if the error does not say), why, and what to do. */
export const describeSystemError = (error: SystemError, path = `cannot ${error.syscall}`): string =>
  `${error.path ?? path}: ${reasonOf(error, 'use')}`

type Purpose = 'read' | 'write' | 'use'

const reasonOf = (error: unknown, purpose: Purpose): string => {
  if (error instanceof BadPath) return error.message
  if (!isSystemError(error)) throw error
  const reason = reasons[error.code]
  // Node's message begins with the code and ends with the call and the path: `EXDEV: cross-device link, rename 'a'`.
  if (reason === undefined) return error.message
  const [why, todo] = typeof reason === 'function' ? reason(purpose) : reason
  return `${why} (${error.code}); ${todo}`
}

type Reason = readonly [why: string, todo: string]

const DENIED: Reason = ['permission denied', 'check its permissions and those of its parent folders']
const FULL: Reason = ['there is no space left', 'free some space, then run it again']
const TOO_MANY: Reason = ['too many files are open', 'close some programs, or raise the limit (ulimit -n)']

/** By the code of the failure (errno(3)). */
const reasons: Readonly<Record<string, Reason | ((purpose: Purpose) => Reason)>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  ENOENT: (purpose) =>
    purpose === 'write'
      ? ['its folder does not exist', 'create the folder first']
      : ['there is no such file or folder', 'check the path'],
  EISDIR: ['it is a folder', 'name a file'],
  ENOTDIR: ['a part of its path is a file, not a folder', 'check the path'],
  ENOTEMPTY: ['the folder is not empty', 'name another folder'],
  EEXIST: ['it already exists', 'remove it, or give another name'],
  ELOOP: ['its symbolic links form a loop', 'check them'],
  ENAMETOOLONG: ['its name is too long', 'give a shorter one'],
  EROFS: ['it is on a read-only file system', 'name another folder'],
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: ['it would exceed the maximum file size', 'check the limits (ulimit -f) and the file system'],
  EBADF: ['it is not open for this operation', 'check how it is redirected'],
  EBUSY: ['it is in use, or is a mount point', 'give another name'],
  ETXTBSY: ['it is a running program', 'give another name'],
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
  EIO: ['the disk failed', 'check the disk and the system log'],
  ESTALE: ['the network file system no longer has it', 'run it again'],
}
