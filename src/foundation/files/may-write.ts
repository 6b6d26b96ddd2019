import { accessSync, constants } from 'node:fs'

/** Whether a file or a folder can be written to. */
export const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
