import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, type FileHandle, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as E from '#fp/Either'
import { type Pieces, PiecesFailed, writePieces } from '../text/pieces.ts'
import { syncFolder } from './durable.ts'
import { type FileError, isSystemError, notWritten } from './file-error.ts'
import { removeOnExit } from './remove-on-exit.ts'
import { writeInto } from './write-into.ts'
import { type WriteTarget, writeTargetOf } from './write-target.ts'

/**
 * Writes a file that a user named, and returns the number of bytes. What is there decides how:
 *
 * - a regular file, or nothing: written next to it, synced and renamed, so that the name shows all of the new content
 * or all of the old, even after a crash. A file keeps its mode and, if the system allows it, its owner.
 * - a symbolic link: the file that it leads to, whether it exists or not, is written in the same way; the link stays.
 * - a FIFO or a character device (`/dev/null`, `/dev/stdout`): written into. A reader that leaves early is not a
 * failure.
 *
 * What the pieces throw is rethrown; a file is then unchanged.
 */
export const writeFile = async (path: string, pieces: Pieces): Promise<E.Either<FileError, number>> => {
  try {
    const target = await writeTargetOf(path)
    return E.right(await (target.kind === 'file' ? replaceFile(target, pieces) : writeInto(target, pieces)))
  } catch (error) {
    if (error instanceof PiecesFailed) throw error.cause
    return E.left(notWritten(path, error))
  }
}

/** Removes what `writeFile` would replace: the file itself, also behind a link. What is not a file is not removed. */
export const removeFile = async (path: string): Promise<E.Either<FileError, void>> => {
  try {
    const target = await writeTargetOf(path)
    if (target.kind === 'file') await rm(target.path, { force: true })
    return E.right(undefined)
  } catch (error) {
    return E.left(notWritten(path, error))
  }
}

/**
 * Does work that needs a folder of its own for what is then written to `path`: next to it, where there is room for
 * such a file, or among the temporary files if it is not a file. What the work throws is rethrown.
 */
export const withScratchFolder = async <A>(
  path: string,
  work: (folder: string) => Promise<A>,
): Promise<E.Either<FileError, A>> => {
  let folder: string
  try {
    const target = await writeTargetOf(path)
    folder = await mkdtemp(join(target.kind === 'file' ? dirname(target.path) : tmpdir(), '.redress-'))
  } catch (error) {
    return E.left(notWritten(path, error))
  }
  const forget = removeOnExit(folder)
  try {
    return E.right(await work(folder))
  } finally {
    await rm(folder, { recursive: true, force: true })
    forget()
  }
}

/** Writes a new file into a folder that is the caller's own, and syncs it; throws system errors. */
export const writeNewFile = async (path: string, text: string): Promise<void> => {
  await create(path, text, null)
}

const replaceFile = async (
  { path, stats }: Extract<WriteTarget, { readonly kind: 'file' }>,
  pieces: Pieces,
): Promise<number> => {
  // The rename alone would only need permission for the folder, not for the file.
  if (stats !== null) await access(path, constants.W_OK)
  const partial = join(dirname(path), `.redress-${randomUUID()}.partial`)
  const forget = removeOnExit(partial)
  try {
    const bytes = await create(partial, pieces, stats)
    await rename(partial, path)
    syncFolder(dirname(path))
    return bytes
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    forget()
  }
}

/** Creates a file, with the mode and owner of the one that it will replace. */
const create = async (path: string, pieces: Pieces, replaced: Stats | null): Promise<number> => {
  const file = await open(path, 'wx', replaced === null ? 0o666 : 0o600)
  try {
    const bytes = await writePieces(pieces, (piece) => file.writeFile(piece))
    if (replaced !== null) {
      await keepOwner(file, replaced)
      await file.chmod(replaced.mode & 0o777)
    }
    await file.sync()
    return bytes
  } finally {
    await file.close()
  }
}

/** Only root can change a file's owner, and not on every file system. */
const keepOwner = async (file: FileHandle, { uid, gid }: Stats): Promise<void> => {
  const now = await file.stat()
  if (now.uid === uid && now.gid === gid) return
  await file.chown(uid, gid).catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'EPERM') throw error
  })
}
