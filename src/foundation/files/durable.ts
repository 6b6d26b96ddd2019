import { closeSync, fsyncSync, openSync } from 'node:fs'
import { isSystemError } from './file-error.ts'

/** Makes a file's bytes, or a folder's entries, durable. Windows cannot sync folders, and does not need to. */
export const syncPath = (path: string, isFolder: boolean): void => {
  if (isFolder && process.platform === 'win32') return
  // Windows syncs only what is writable.
  const file = openSync(path, isFolder ? 'r' : 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Makes a rename in a folder that a user named durable, if that folder is readable and its file system supports it. */
export const syncFolder = (folder: string): void => {
  try {
    syncPath(folder, true)
  } catch (error) {
    if (!isSystemError(error) || !['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP'].includes(error.code)) throw error
  }
}
