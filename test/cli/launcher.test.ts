import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const checkout = join(import.meta.dirname, '..', '..')
const temp = realpathSync(mkdtempSync(join(tmpdir(), 'redress-launcher-')))
afterAll(() => rmSync(temp, { recursive: true, force: true }))

const platformPackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

/** What npm tells the scripts that it runs about this package, which must not reach the npm that a test runs. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle)_.*|npm_config_local_prefix|INIT_CWD|NODE_COMPILE_CACHE)$/i.test(name),
  ),
)

/** A Node to start the launcher with. */
type Starter = { readonly name: string; readonly command: string; readonly args: ReadonlyArray<string> }

const current: Starter = { name: `Node ${process.versions.node}`, command: process.execPath, args: [] }

/** This Node, telling everybody that it is an old one: so that the way round is tested where no old one is about. */
const pretender = (): Starter => {
  const preload = join(temp, 'pretend.mjs')
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.0.0' } })\n`,
  )
  return { name: 'a Node that says it is 18', command: process.execPath, args: ['--import', preload] }
}

/** The older Nodes that are really on this machine. */
const installedOlder = (): ReadonlyArray<Starter> => {
  const found = new Map<string, Starter>()
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin']) {
    const command = join(folder, 'node')
    if (!existsSync(command)) continue
    const version = spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? ''
    if (Number.parseInt(version.slice(1), 10) < 24)
      found.set(version, { name: `Node ${version}`, command, args: [] })
  }
  return [...found.values()]
}

const older = [pretender(), ...installedOlder()]

/** Does what it is told, so that a test sees how it was started. */
const standIn = `
const [what, value] = process.argv.slice(2)
if (what === 'exit') process.exitCode = Number(value)
else if (what === 'die') process.kill(process.pid, value)
else if (what === 'read') process.stdin.pipe(process.stdout)
else if (what === 'wait') {
  if (value !== undefined) process.on(value, () => process.exit(42))
  setInterval(() => {}, 1000)
  console.log('waiting')
} else console.log(JSON.stringify({ node: process.versions.node, path: import.meta.url, args: process.argv.slice(2) }))
`

/** Lays out the launcher and a stand-in program, as a checkout or as an installed package; gives the launcher. */
const layOut = (kind: 'checkout' | 'package', node: string | null = process.versions.node): string => {
  const home = mkdtempSync(join(temp, 'home-'))
  const root = kind === 'package' ? join(home, 'node_modules', 'redress') : home
  const program =
    kind === 'package' ? join(root, 'dist', 'src', 'cli', 'main.js') : join(root, 'src', 'cli', 'main.ts')
  mkdirSync(join(root, 'src', 'cli'), { recursive: true })
  mkdirSync(dirname(program), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  writeFileSync(program, standIn)
  const launcher = join(root, 'src', 'cli', 'launcher.mjs')
  cpSync(join(checkout, 'src', 'cli', 'launcher.mjs'), launcher)
  if (node !== null) {
    const brought = join(home, 'node_modules', platformPackage)
    mkdirSync(join(brought, 'bin'), { recursive: true })
    writeFileSync(join(brought, 'package.json'), JSON.stringify({ name: platformPackage, version: node }))
    symlinkSync(process.execPath, join(brought, 'bin', 'node'))
  }
  return launcher
}

const run = (starter: Starter, launcher: string, args: ReadonlyArray<string>, input = '') => {
  const { status, signal, stdout, stderr } = spawnSync(
    starter.command,
    [...starter.args, launcher, ...args],
    {
      encoding: 'utf8',
      input,
      env: environment,
    },
  )
  return { status, signal, stdout, stderr }
}

describe.each([current, ...older])('the launcher, started by $name', (starter) => {
  test.each(['checkout', 'package'] as const)(
    'caches what Node compiled of a %s next to its packages',
    (kind) => {
      const launcher = layOut(kind)
      run(starter, launcher, [])
      const packages = join(dirname(launcher), kind === 'package' ? '../../..' : '../../node_modules')
      expect(readdirSync(join(packages, '.cache', 'redress'))).toHaveLength(1)
    },
  )

  test('runs if nothing can be cached', () => {
    const launcher = layOut('checkout')
    writeFileSync(join(dirname(launcher), '../../node_modules/.cache'), 'a file')
    expect(run(starter, launcher, [])).toMatchObject({ status: 0, stderr: '' })
  })

  test('an installed package runs what was compiled', () => {
    const seen = JSON.parse(run(starter, layOut('package'), []).stdout)
    expect(seen.path).toMatch(/node_modules\/redress\/dist\/src\/cli\/main\.js$/)
  })

  test('a checkout runs the source', () => {
    const seen = JSON.parse(run(starter, layOut('checkout'), []).stdout)
    expect(seen.path).toMatch(/src\/cli\/main\.ts$/)
  })

  test('the program runs under a sufficiently new Node, with the arguments as given', () => {
    const args = ['--as-of', '2025-05-01T00:00:00Z', 'with space', '', '*', '"']
    const seen = JSON.parse(run(starter, layOut('package'), args).stdout)
    expect(seen).toMatchObject({ node: process.versions.node, args })
  })

  test('stdin and stdout are the caller’s', () => {
    expect(run(starter, layOut('package'), ['read'], 'a line\n').stdout).toBe('a line\n')
  })

  test.each([0, 1, 2, 64])('exit code %i is passed on', (code) => {
    expect(run(starter, layOut('package'), ['exit', String(code)])).toMatchObject({
      status: code,
      signal: null,
    })
  })

  test.each(['SIGTERM', 'SIGKILL', 'SIGINT'])(
    'if the program is killed by %s, so is the launcher',
    (signal) => {
      expect(run(starter, layOut('package'), ['die', signal])).toMatchObject({ status: null, signal })
    },
  )

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s reaches the program, which handles it',
    async (signal) => {
      expect(await interrupted(starter, signal, [signal])).toEqual([42, null])
    },
  )

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends a program that does not handle it',
    async (signal) => {
      expect(await interrupted(starter, signal, [])).toEqual([null, signal])
    },
  )
})

/** How the launcher ends (code, signal) when it gets a signal while the program waits. */
const interrupted = async (
  starter: Starter,
  signal: NodeJS.Signals,
  args: ReadonlyArray<string>,
): Promise<unknown[]> => {
  const child = spawn(starter.command, [...starter.args, layOut('package'), 'wait', ...args], {
    env: environment,
  })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  child.kill(signal)
  return ended
}

describe.each(older)('the launcher, started by $name, without a newer Node to use', (starter) => {
  test('given none, it says in one line what to install', () => {
    const { status, stdout, stderr } = run(starter, layOut('package', null), [])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^redress: Node\.js .* is too old, .* install Node\.js 24 or newer .*\n$/)
  })

  test('given one that is too old itself, it does not loop', () => {
    const { status, stderr } = run(starter, layOut('package', '20.9.0'), [])
    expect(status).toBe(2)
    expect(stderr).toContain('install Node.js 24 or newer')
  })

  test('given one that does not start, it reports that', () => {
    const launcher = layOut('package')
    const node = join(dirname(launcher), '..', '..', '..', platformPackage, 'bin', 'node')
    rmSync(node)
    writeFileSync(node, 'no program', { mode: 0o644 })
    const { status, stderr } = run(starter, launcher, [])
    expect(status).toBe(2)
    expect(stderr).toMatch(/^redress: cannot start .* install Node\.js 24 or newer .*\n$/)
  })
})

describe('in a checkout', () => {
  test('npx redress --help', () => {
    const { status, stdout } = spawnSync('npx', ['redress', '--help'], {
      cwd: checkout,
      encoding: 'utf8',
      // A cache of its own: npx keeps a link to the checkout there.
      env: { ...environment, npm_config_cache: join(temp, 'npx-cache') },
    })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Usage: redress /)
  })

  test('the launcher’s path is an executable', () => {
    const { status, stdout } = spawnSync(join(checkout, 'src', 'cli', 'launcher.mjs'), ['--help'], {
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Usage: redress /)
  })
})

describe('packed and installed in an empty folder', () => {
  const installed = join(temp, 'installed')
  let packed: ReadonlyArray<string> = []

  beforeAll(() => {
    // A copy, so that the checkout's own `dist` is left alone.
    const copy = join(temp, 'copy')
    const left = new Set(['.git', 'node_modules', 'dist', 'infra', 'test', 'redress-data', 'redress-demo'])
    cpSync(checkout, copy, { recursive: true, filter: (path) => !left.has(basename(path)) })
    symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'))
    mkdirSync(join(copy, 'dist'))
    writeFileSync(join(copy, 'dist', 'stale.js'), '')
    const pack = spawnSync('npm', ['pack', '--json', '--silent', '--pack-destination', temp], {
      cwd: copy,
      encoding: 'utf8',
      env: environment,
    })
    expect(pack).toMatchObject({ status: 0 })
    const [manifest] = JSON.parse(pack.stdout)
    packed = manifest.files.map((file: { path: string }) => file.path)

    mkdirSync(installed)
    writeFileSync(join(installed, 'package.json'), '{}')
    const tarball = join(temp, manifest.filename)
    const install = spawnSync(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', '--prefix', installed, tarball],
      { cwd: installed, encoding: 'utf8', env: environment },
    )
    expect(install).toMatchObject({ status: 0 })
  })

  test('the package contains the freshly compiled files, the launcher, and nothing else of ours', () => {
    expect(packed).toContain('dist/src/cli/main.js')
    expect(packed).not.toContain('dist/stale.js')
    const others = packed.filter((path) => !path.startsWith('dist/'))
    expect(new Set(others)).toEqual(
      new Set([
        'LICENSE',
        'package.json',
        'src/cli/launcher.mjs',
        ...others.filter((path) => path === 'README.md'),
      ]),
    )
  })

  test.each([current, ...older])('redress --help by $name', (starter) => {
    const launcher = join(installed, 'node_modules', 'redress', 'src', 'cli', 'launcher.mjs')
    const { status, stdout } = run(starter, launcher, ['--help'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Usage: redress /)
  })

  test('the full pipeline works when compiled: workers, packages, the ledger', () => {
    const file = (name: string) => join(installed, name)
    const launcher = join(installed, 'node_modules', 'redress', 'src', 'cli', 'launcher.mjs')
    const redress = (...args: ReadonlyArray<string>) => {
      const { status, stdout, stderr } = run(pretender(), launcher, args)
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' })
      return JSON.parse(stdout)
    }
    const paths = [
      '--out',
      file('events.ndjson'),
      '--truth',
      file('truth.json'),
      '--ruleset',
      file('corrected.yaml'),
    ]
    redress('simulate', '--accounts', '300', '--scenario', 'threshold-typo', ...paths, '--json')
    redress('ingest', file('events.ndjson'), '--data', file('data'), '--json')
    expect(run(pretender(), launcher, ['project', '--data', file('data')]).status).toBe(0)
    const rules = ['--ruleset', file('corrected.yaml'), '--data', file('data')]
    const replayed = redress('replay', ...rules, '--out', file('result'), '--json')
    expect(replayed.engine).toBe('columnar')
    const [row] = readFileSync(file('result/decisions.ndjson'), 'utf8').split('\n', 1)
    const { account, decisionId } = JSON.parse(row ?? '')
    redress('explain', decisionId, ...rules, '--json')
    expect(redress('account', account, '--data', file('data'), '--json')).toMatchObject({
      account,
      oddities: [],
    })
  })

  test('npx redress, and a command line that is invalid', () => {
    const { status, stderr } = spawnSync('npx', ['--no-install', 'redress', '--no-such-option'], {
      cwd: installed,
      encoding: 'utf8',
      env: environment,
    })
    expect(status).toBe(64)
    expect(stderr).toContain('--no-such-option')
  })
})
