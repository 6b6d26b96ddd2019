import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { programWith } from '../../src/cli/program.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const run = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** The commands that a help text lists, by their words; commander's own `help` apart. */
const listedIn = (help: string): ReadonlyArray<string> => {
  const list = /\nCommands:\n(.*?)(\n\n|$)/s.exec(help)?.[1] ?? ''
  return Array.from(list.matchAll(/^ {2}([a-z-]+)/gm), ([, name = '']) => name).filter(
    (name) => name !== 'help',
  )
}

/** Every command with its whole help text, groups of commands apart. */
const helps = (path: ReadonlyArray<string> = []): ReadonlyArray<readonly [string, string]> => {
  const help = run(...path, '--help').stdout
  const inside = listedIn(help)
  return inside.length === 0 ? [[path.join(' '), help]] : inside.flatMap((name) => helps([...path, name]))
}
const commands = helps()

test('redress --help lists every command', () => {
  expect(commands.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      'account',
      'ingest',
      'events check',
      'explain',
      'replay',
      'ruleset check',
      'simulate',
    ]),
  )
})

describe.each(commands)('redress %s', (path, help) => {
  test('--help says what it does, with an example', () => {
    expect(help).toMatch(new RegExp(`^Usage: redress ${path}\\b`))
    expect(help).toMatch(/\nExamples?:\n {2}.*redress /)
    expect(help).toContain('--json')
  })

  test('given an unknown option: exit 64, nothing on stdout, and on stderr one line that refers to the help', () => {
    const { status, stdout, stderr } = run(...path.split(' '), '--no-such-option')
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
    const error =
      /^redress: (unknown option '--no-such-option'|required option '.*' not specified) \((.*)\)\n$/
    expect(error.exec(stderr)?.[2]).toBe(`see redress ${path} --help`)
  })
})

test.each(commands)(
  'redress %s: its help marks the options that it requires, and no others',
  async (path, help) => {
    const [first, ...others] = path.split(' ')
    const program = await programWith((name) => name === first)
    const command = [first, ...others].reduce<Command | undefined>(
      (parent, word) => parent?.commands.find((each) => each.name() === word),
      program,
    )
    const required = command?.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags)
    // A description continues on indented lines; the next option starts in column 3.
    const marked = help
      .split(/\n(?= {2}-)/)
      .filter((option) => /\(required\)/.test(option.replaceAll(/\s+/g, ' ')))
    expect(marked.map((option) => /^ {2}(.*?) {2}/.exec(option)?.[1])).toEqual(required)
  },
)

/** Those that take no list of arguments: `[hashes...]`. */
const counted = commands.filter(([, help]) => !help.split('\n', 1)[0]?.includes('...'))

test.each(counted)('redress %s, given too many arguments: exit 64', (path) => {
  const { status, stderr } = run(...path.split(' '), ...Array(9).fill('x'))
  expect(status).toBe(64)
  expect(stderr).toMatch(/^redress: .*\n$/)
  expect(stderr).toContain(`(see redress ${path} --help)\n`)
})

test('given an invalid argument of an option: exit 64, with what to give', () => {
  expect(run('query', 'SELECT 1', '--memory', 'x\ny')).toEqual({
    status: 64,
    stdout: '',
    stderr:
      "redress: option '--memory <size>' argument 'x\\u{a}y' is invalid. Give a size such as 512MB or 4GB (see redress query --help)\n",
  })
})

test('given no command, prints the help on stderr: exit 64', () => {
  const { status, stdout, stderr } = run()
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  expect(stderr).toMatch(/^Usage: redress /)
})

test.each([
  [['acount', 'x'], 'account'],
  [['ruleset', 'chek'], 'check'],
])('given %j, it asks whether %s was meant', (args, meant) => {
  const { status, stderr } = run(...args)
  expect(status).toBe(64)
  expect(stderr).toMatch(
    new RegExp(`^redress: unknown command '.*' \\(did you mean ${meant}\\? see redress.* --help\\)\n$`),
  )
})

test.each(['toString', '__proto__', 'constructor'])('given %s: an unknown command', (name) => {
  const { status, stderr } = run(name)
  expect(status).toBe(64)
  expect(stderr).toContain('unknown command')
})

test('redress help account is redress account --help', () => {
  expect(run('help', 'account')).toEqual(run('account', '--help'))
})
