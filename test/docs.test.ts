import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Command } from 'commander'
import { marked, type Token, type Tokens } from 'marked'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { programWith } from '../src/cli/program.ts'
import { definitionOf, eventTypes } from '../src/domain/event.ts'
import { facts } from '../src/replay/result/facts.ts'

const root = join(import.meta.dirname, '..')

type Code = { readonly text: string; readonly isBlock: boolean }
type Doc = {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
  readonly links: ReadonlyArray<string>
  readonly code: ReadonlyArray<Code>
  readonly anchors: ReadonlySet<string>
}

/** Every token of a document, the tables' cells too. */
function* within(tokens: ReadonlyArray<Token>): Generator<Token> {
  for (const token of tokens) {
    yield token
    if ('tokens' in token && token.tokens !== undefined) yield* within(token.tokens)
    if (token.type === 'list') yield* within((token as Tokens.List).items)
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table
      for (const cell of [header, ...rows].flat()) yield* within(cell.tokens)
    }
  }
}

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')

const docs = globSync(['*.md', '{.github,docs,examples,infra,projections,src,test}/**/*.md'], { cwd: root })
  .map((path): Doc => {
    const text = readFileSync(join(root, path), 'utf8')
    const tokens = [...within(marked.lexer(text))]
    return {
      path: path.split(sep).join('/'),
      text,
      links: tokens.flatMap((token) => (token.type === 'link' ? [(token as Tokens.Link).href] : [])),
      code: tokens.flatMap((token) =>
        token.type === 'code' || token.type === 'codespan'
          ? [{ text: (token as Tokens.Code | Tokens.Codespan).text, isBlock: token.type === 'code' }]
          : [],
      ),
      anchors: new Set(
        tokens.flatMap((token) =>
          token.type === 'heading' ? [anchorOf((token as Tokens.Heading).text)] : [],
        ),
      ),
    }
  })
  .sort((a, b) => (a.path < b.path ? -1 : 1))

const docAt = new Map(docs.map((doc) => [doc.path, doc]))

/** What is wrong, a line each, with the document it is in. */
const faults = (find: (doc: Doc) => Iterable<string>): ReadonlyArray<string> =>
  docs.flatMap((doc) => [...find(doc)].map((fault) => `${doc.path}: ${fault}`))

describe('given the documents', () => {
  test('then there are some, and what is looked for in them is found', () => {
    expect(docs.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/replay.md', 'src/domain/README.md']),
    )
    expect(docAt.get('docs/replay.md')?.anchors).toContain('18-the-result')
    expect(docs.flatMap(({ links }) => links).length).toBeGreaterThan(100)
    expect(docs.flatMap(({ code }) => code).length).toBeGreaterThan(500)
  })

  test('then every link within the repository leads somewhere', () => {
    const broken = faults(function* ({ path, links }) {
      for (const link of links) {
        if (/^[a-z]+:/i.test(link)) continue
        const [file = '', anchor] = link.split('#')
        const target = file === '' ? path : join(dirname(path), file).split(sep).join('/')
        if (!existsSync(join(root, target))) yield `no such file: ${link}`
        else if (anchor !== undefined && docAt.get(target)?.anchors.has(anchor) !== true)
          yield `no such heading: ${link}`
      }
    })
    expect(broken).toEqual([])
  })

  test('then every path that they name from the root exists', () => {
    /** Made by a broker. */
    const made = /^infra\/kafka\/\.(?:broker|lib)\//
    const missing = faults(function* ({ text }) {
      for (const [path] of text.matchAll(
        /(?<![\w/.~-])(?:src|test|projections|infra|docs|examples)\/[\w./-]*[\w/]/g,
      )) {
        if (!made.test(path) && !existsSync(join(root, path))) yield path
      }
    })
    expect(missing).toEqual([])
  })

  test('then every TypeScript file that they name is there', () => {
    const missing = faults(function* ({ path, code }) {
      const folder = dirname(path)
      const below = new Set(
        (folder === '.' ? [] : readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })).map(
          (name) => name.split(sep).at(-1),
        ),
      )
      for (const { text, isBlock } of code) {
        if (isBlock || !/^[\w./-]+\.m?[tj]s$/.test(text)) continue
        const places = [folder, 'src', '.', dirname(folder)].map((from) => join(root, from, text))
        if (!places.some((place) => existsSync(place)) && !below.has(text)) yield text
      }
    })
    expect(missing).toEqual([])
  })

  test('then a file has what they say is in it: `name` (`src/file.ts`)', () => {
    let checked = 0
    const missing = faults(function* ({ text }) {
      for (const [, name = '', path = ''] of text.matchAll(/`(\w+)`\s+\(`([\w./-]+)`/g)) {
        const file = join(root, path)
        if (!path.includes('/') || !existsSync(file) || statSync(file).isDirectory()) continue
        checked++
        if (!new RegExp(`\\b${name}\\b`).test(readFileSync(file, 'utf8'))) yield `${path} has no ${name}`
      }
    })
    expect(missing).toEqual([])
    expect(checked).toBeGreaterThan(20)
  })

  test('then every npm script that they call is there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const missing = faults(function* ({ text }) {
      for (const [, script = ''] of text.matchAll(/\bnpm run (?:--silent )?([a-z:]+)/g)) {
        if (!Object.hasOwn(scripts, script)) yield script
      }
    })
    expect(missing).toEqual([])
  })
})

describe('given the program', async () => {
  const program = await programWith(() => true)
  const optionsOf = ({ options }: Command): ReadonlyArray<string> => [
    '--help',
    ...options.flatMap(({ long }) => long ?? []),
  ]
  const every = (command: Command): ReadonlyArray<Command> => [command, ...command.commands.flatMap(every)]
  const everyOption = new Set(every(program).flatMap(optionsOf))

  /** What is wrong with a command line behind `redress`. */
  function* wrongIn(line: string): Generator<string> {
    let command = program
    let isNamed = false
    for (const word of line.split(/\s+/)) {
      const inner = command.commands.find((each) => each.name() === word)
      if (!isNamed && inner !== undefined) command = inner
      else isNamed = true
    }
    // A word in capitals or an ellipsis stands for any command.
    if (command === program && /^[a-z]/.test(line)) yield `no such command: redress ${line}`
    for (const [option] of line.matchAll(/(?<=^|\s|\[)--[a-z][a-z-]*/g)) {
      const known = command.commands.length === 0 ? new Set(optionsOf(command)) : everyOption
      if (!known.has(option)) yield `no such option: redress ${line} (${option})`
    }
  }

  test('then each command and option that the documents name is there', () => {
    let called = 0
    const wrong = faults(function* ({ code }) {
      for (const { text, isBlock } of code) {
        for (const [, line = ''] of text.matchAll(/(?:^|[\s(|])redress ((?:[^\n|#`;]|\\\n)+)/g)) {
          called++
          yield* wrongIn(line.replaceAll('\\\n', ' ').trim())
        }
        const alone = isBlock ? undefined : /^--[a-z][a-z-]*/.exec(text)?.[0]
        if (alone !== undefined && !everyOption.has(alone)) yield `no command has ${alone}`
      }
    })
    expect(wrong).toEqual([])
    expect(called).toBeGreaterThan(60)
  })
})

describe('given what GitHub reads', () => {
  const files = globSync('.github/**/*.yml', { cwd: root })
  const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'))

  test('then each file is YAML', () => {
    expect(files.length).toBeGreaterThan(3)
    for (const file of files) expect(() => read(file), file).not.toThrow()
  })

  test('then its templates for issues have what it asks for', () => {
    const templates = files.filter((path) => path.includes('ISSUE_TEMPLATE') && !path.endsWith('config.yml'))
    for (const template of templates) {
      const { name, description, body } = Object(read(template))
      expect([typeof name, typeof description], template).toEqual(['string', 'string'])
      for (const { type, id, attributes } of body) {
        expect(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'], template).toContain(type)
        if (type !== 'markdown') expect([typeof id, typeof attributes.label]).toEqual(['string', 'string'])
      }
    }
  })

  test('then it runs what must pass before a change goes in, with the Node of .nvmrc', () => {
    const { jobs } = Object(read('.github/workflows/ci.yml'))
    expect(jobs.check.steps.map(({ run }: { readonly run?: string }) => run)).toContain('bash .ci/run')
    expect(readFileSync(join(root, '.nvmrc'), 'utf8').trim()).toBe('24')
  })
})

describe('given the definition of a replay', () => {
  const text = docAt.get('docs/replay.md')?.text ?? ''
  const section = (title: string): string =>
    text.split(/^## \d+\. /m).find((part) => part.startsWith(title)) ?? ''

  test('then it ranks every type of event as the code does', () => {
    const ranks = [...section('Order').matchAll(/\| (\d+) \| ((?:`[a-z_.]+`(?:, )?)+) (?=\|)/g)].flatMap(
      ([, rank = '', types = '']) =>
        [...types.matchAll(/`([a-z_.]+)`/g)].map(([, type = '']) => [`${type}.v1`, Number(rank)] as const),
    )
    expect(Object.fromEntries(ranks)).toEqual(
      Object.fromEntries(eventTypes.map((type) => [type, definitionOf(type).rank])),
    )
  })

  test('then it says what every fact means, in the order of the rows', () => {
    const documented = [...section('Facts').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, fact]) => fact)
    expect(documented).toEqual(facts)
  })
})
