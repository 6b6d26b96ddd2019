import type { Command, Option } from 'commander'
import { programWith, run } from '../../../src/cli/program.ts'

export type Output = { readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }

/** Runs a command line in this process and catches all that it writes. */
export const redress = (...args: ReadonlyArray<string>): Promise<Output> => caught(() => run(args))

/** Catches all that is written, and the exit code. */
export const caught = async (work: () => Promise<void>): Promise<Output> => {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  const real = { out: process.stdout.write, err: process.stderr.write, code: process.exitCode }
  const into =
    (chunks: Buffer[]) =>
    (chunk: string | Uint8Array, ...rest: ReadonlyArray<unknown>): boolean => {
      chunks.push(Buffer.from(chunk))
      const done = rest.at(-1)
      if (typeof done === 'function') done()
      return true
    }
  process.exitCode = 0
  process.stdout.write = into(stdout)
  process.stderr.write = into(stderr)
  try {
    await work()
    return { code: Number(process.exitCode), stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }
  } finally {
    process.stdout.write = real.out
    process.stderr.write = real.err
    process.exitCode = real.code
  }
}

export type Leaf = { readonly path: ReadonlyArray<string>; readonly command: Command }

/** Every command that does something, out of the program itself. */
export const allCommands = async (): Promise<ReadonlyArray<Leaf>> => {
  const leaves = (command: Command, path: ReadonlyArray<string>): ReadonlyArray<Leaf> =>
    command.commands.length === 0
      ? [{ path, command }]
      : command.commands.flatMap((inner) => leaves(inner, [...path, inner.name()]))
  return leaves(await programWith(() => true), [])
}

/** The formats that a command writes. */
export const formatsOf = ({ command }: Leaf): ReadonlyArray<string> =>
  command.options.find(({ long }) => long === '--format')?.argChoices ?? []

/** Its command lines with a text in the place of every argument, and of one option more in each. */
export const withArguments = (
  { path, command }: Leaf,
  text: string,
  usual: ReadonlyArray<string> = [],
): ReadonlyArray<ReadonlyArray<string>> => {
  const values = command.options.filter(({ required, optional }) => required || optional)
  const filled = (option: Option): ReadonlyArray<string> => [option.long ?? '', text]
  const needed = values.filter(({ mandatory }) => mandatory)
  const args = [...path, ...usual, ...needed.flatMap(filled)]
  const positional = ['--', ...command.registeredArguments.map(() => text)]
  return [
    [...args, ...positional],
    ...values
      .filter(({ mandatory }) => !mandatory)
      .map((option) => [...args, ...filled(option), ...positional]),
    [...args, `--${text}`],
    [...args, ...positional, text, text],
    [...path, text, `--help=${text}`],
  ]
}
