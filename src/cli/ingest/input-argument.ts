import type { InputSource } from '../../app/ingest/input.ts'

/** The input that an argument names: a file, or `-` for standard input. */
export const inputArgument = (file: string): InputSource =>
  file === '-' ? { name: 'stdin', open: () => process.stdin } : file
