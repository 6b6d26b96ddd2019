import { chmod, lstat, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import * as E from '#fp/Either'
import { createFolders } from './create-folders.ts'
import { syncFolder } from './durable.ts'
import { BadPath, type FileError, notWritten } from './file-error.ts'
import { endOfLinks, nullIfMissing } from './write-target.ts'

/** Where a folder that a user named is, or would be, after following its symbolic links. */
export const folderAt = async (path: string): Promise<E.Either<FileError, string>> => {
  try {
    return E.right(await locate(path))
  } catch (error) {
    return E.left(notWritten(path, error))
  }
}

/** Creates a folder that a user named, if it is missing. */
export const makeFolder = async (path: string): Promise<E.Either<FileError, void>> => {
  try {
    createFolders(await locate(path))
    return E.right(undefined)
  } catch (error) {
    return E.left(notWritten(path, error))
  }
}

/**
 * Moves a finished folder to the place that `folderAt` returned, replacing the one that may be there, whose mode it
 * takes over. Throws system errors, after which the old folder is still in place.
 */
export const replaceFolder = async (finished: string, place: string): Promise<void> => {
  const old = `${finished}.old`
  const stats = await nullIfMissing(stat(place))
  if (stats !== null) {
    await chmod(finished, stats.mode & 0o777)
    await rename(place, old)
  }
  try {
    await rename(finished, place)
  } catch (error) {
    if (stats !== null) await rename(old, place)
    throw error
  }
  syncFolder(dirname(place))
  await rm(old, { recursive: true, force: true })
}

const locate = async (path: string): Promise<string> => {
  if (path === '') throw new BadPath('the name is empty; give one')
  const stats = await nullIfMissing(stat(path))
  if (stats !== null && !stats.isDirectory()) throw new BadPath('it is a file, not a folder; name a folder')
  if (stats !== null) return realpath(path)
  const link = await nullIfMissing(lstat(path))
  return link === null ? resolve(path) : (await endOfLinks(path)).path
}
