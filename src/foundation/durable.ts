import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Makes a file's bytes, or a folder's entries, durable. Windows can't sync folders, and needs not. */
export const syncPath = (path: string, isFolder: boolean): void => {
  if (isFolder && process.platform === 'win32') return
  // Windows syncs only what may be written.
  const file = openSync(path, isFolder ? 'r' : 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
