import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, relative, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { integration } from './tiers.ts'

const root = join(import.meta.dirname, '..')

/** The folders of `src`, each of which may import only itself and those after it. */
const folders = [
  'cli',
  'app',
  'incidents',
  'replay',
  'reports',
  'projection',
  'ingest',
  'ledger',
  'rulesets',
  'simulation',
  'domain',
  'foundation',
]

const files = globSync('{src,projections}/**/*.ts', { cwd: root }).map((path) => ({
  path: path.split(sep).join('/'),
  text: readFileSync(join(root, path), 'utf8'),
}))

/** What a file imports of ours, as paths from the root. */
const importsOf = ({ path, text }: { readonly path: string; readonly text: string }): ReadonlyArray<string> =>
  [...text.matchAll(/^(?:import|export)\b[^'"]*?from '(\.[^']+)'/gms)].map(([, specifier = '']) =>
    relative(root, join(root, dirname(path), specifier))
      .split(sep)
      .join('/'),
  )

const folderOf = (path: string): string => path.split('/')[1] ?? ''

describe('given the source', () => {
  test('then every folder of src stands in the list, and the list names no other', () => {
    const found = new Set(
      files.filter(({ path }) => path.startsWith('src/')).map(({ path }) => folderOf(path)),
    )
    expect([...found].sort()).toEqual([...folders].sort())
  })

  test('then a folder imports only those below it', () => {
    const climbing = files
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith('src/'))
          .filter((target) => folders.indexOf(folderOf(target)) < folders.indexOf(folderOf(file.path)))
          .map((target) => `${file.path} imports ${target}`),
      )
    expect(climbing).toEqual([])
  })

  test('then no imports go round in a circle', () => {
    const targets = new Map(files.map((file) => [file.path, importsOf(file)]))
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (path: string, trail: ReadonlyArray<string>): void => {
      if (state.get(path) === 'open') circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      if (state.has(path)) return
      state.set(path, 'open')
      for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
      state.set(path, 'done')
    }
    for (const { path } of files) visit(path, [])
    expect(circles).toEqual([])
  })

  test('then one exported name means one thing: no two files export it', () => {
    const declared = /^export (?:async )?(?:const|let|function\*?|class|type|interface|enum) ([\w$]+)/gm
    const exporters = Map.groupBy(
      files.flatMap(({ path, text }) =>
        [...new Set([...text.matchAll(declared)].map(([, name = '']) => name))].map((name) => ({
          name,
          path,
        })),
      ),
      ({ name }) => name,
    )
    const twice = [...exporters].filter(([, by]) => by.length > 1)
    expect(Object.fromEntries(twice.map(([name, by]) => [name, by.map(({ path }) => path)]))).toEqual({})
  })
})

describe('given the tests', () => {
  test('then each is in the folder, under test/, that its subject has', () => {
    // Of all of Redress, or of the tests' own helpers.
    const others = [
      'test',
      'test/bench/alarm',
      'test/bench/columnar',
      'test/robustness',
      'test/ledger/eventstoredb/server',
    ]
    const lost = globSync('test/**/*.test.ts', { cwd: root })
      .map((path) => dirname(path).split(sep).join('/'))
      .filter((folder) => {
        const subject = folder.replace(/^test\//, '')
        return (
          !others.includes(folder) &&
          ![`src/${subject}`, subject].some((path) => existsSync(join(root, path)))
        )
      })
    expect([...new Set(lost)]).toEqual([])
  })
})

describe('given the unit tests', () => {
  const testFiles = globSync('{test,infra}/**/*.ts', { cwd: root }).map((path) => path.split(sep).join('/'))
  const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
  const startsSomething = /^import [^']*from '(?:node:child_process|playwright-core|@grpc\/grpc-js)'/m

  /** Whether a test, or what it imports of the tests' own, starts a process, a server or a browser. */
  const starts = (path: string, seen: Set<string>): boolean => {
    if (seen.has(path)) return false
    seen.add(path)
    const text = textOf(path)
    return (
      startsSomething.test(text) ||
      importsOf({ path, text })
        .filter((target) => /^(test|infra)\//.test(target))
        .some((target) => starts(target, seen))
    )
  }

  test('then none starts a process, a server or a browser: those that do stand in tiers.ts', () => {
    const unit = testFiles.filter(
      (path) => path.endsWith('.test.ts') && !integration.some((glob) => matchesGlob(path, glob)),
    )
    expect(unit.filter((path) => starts(path, new Set()))).toEqual([])
  })

  test('then tiers.ts names only tests that are there', () => {
    expect(integration.filter((glob) => globSync(glob, { cwd: root }).length === 0)).toEqual([])
  })
})
