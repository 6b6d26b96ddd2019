import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isSystemError } from './file-error.ts'

/**
 * Creates a folder and the missing ones above it; returns the uppermost that it created, or undefined if there was
 * nothing to create. Throws system errors.
 */
export const createFolders = (path: string, mode = 0o777): string | undefined => {
  try {
    return mkdirSync(path, { recursive: true, mode })
  } catch (error) {
    const missing = uppermostMissing(resolve(path))
    if (!isSystemError(error) || error.code !== 'ENOENT' || missing === null) throw error
    // With `recursive`, Node reports a read-only file system (EROFS) as ENOENT; without, it reports what the system said.
    mkdirSync(missing, { mode })
    mkdirSync(path, { recursive: true, mode })
    return missing
  }
}

const uppermostMissing = (path: string): string | null =>
  existsSync(path) ? null : (uppermostMissing(dirname(path)) ?? path)
