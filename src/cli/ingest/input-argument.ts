import type { InputSource } from '../../app/ingest/input.ts'

/** Parses an argument that names an input: a file, or `-` for standard input. */
export const inputArgument = (file: string): InputSource =>
  file === '-' ? { name: 'stdin', open: () => process.stdin } : file
