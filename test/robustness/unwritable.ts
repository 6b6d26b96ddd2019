import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, lchownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives the command line that runs a command while the folder `data` of its working folder may not be written. */
export type Unwritable = {
  readonly name: string
  readonly wrap: (command: ReadonlyArray<string>) => ReadonlyArray<string>
}

/** A mount of its own, seen by the command alone: the medium is read-only, for root too. */
const mounted = (...unshare: ReadonlyArray<string>): Unwritable => ({
  name: `a read-only mount (${unshare.join(' ')})`,
  wrap: (command) => [
    ...unshare,
    'sh',
    '-c',
    'mount --bind data data && mount -o remount,ro,bind data && exec "$0" "$@"',
    ...command,
  ],
})

const NOBODY = 65_534

/** Another user, who may read and not write what `letOthersRead` was called for. For root, who may write everything. */
const otherUser: Unwritable = {
  name: 'another user (setpriv)',
  wrap: (command) => ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...command],
}

/** The user that runs the tests, without the right to write. */
const noRight: Unwritable = { name: 'the same user, without the right to write', wrap: (command) => command }

const works = ({ wrap }: Unwritable): boolean => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-probe-'))
  try {
    execFileSync('mkdir', ['data'], { cwd: dir })
    letOthersRead(dir)
    const [file = '', ...args] = wrap(['sh', '-c', 'ls data && touch data/x'])
    const refused = spawnSync(file, args, { cwd: dir, encoding: 'utf8' })
    const [node = '', ...version] = wrap([process.execPath, '--version'])
    return (
      /Read-only file system|Permission denied/.test(refused.stderr) &&
      spawnSync(node, version, { cwd: dir }).status === 0
    )
  } finally {
    letOwnerWrite(dir)
    rmSync(dir, { recursive: true })
  }
}

/** The rights of a folder that others gave to be read. What the command writes beside `data`, it may write. */
export const letOthersRead = (dir: string): void => {
  chmodSync(dir, 0o777)
  const data = join(dir, 'data')
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o444)
  if (process.getuid?.() === 0) lchownSync(data, 0, 0)
  chmodSync(data, 0o555)
}

/** Gives the owner the rights back, to write or to remove it. */
export const letOwnerWrite = (dir: string): void => {
  const data = join(dir, 'data')
  chmodSync(data, 0o700)
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o600)
}

/** Every way that this machine has; never none, for then nothing would be tested. */
export const waysWithoutWriting = (): ReadonlyArray<Unwritable> => {
  const mounts = [mounted('unshare', '-m'), mounted('unshare', '-rm')].filter(works).slice(0, 1)
  const rights = [process.getuid?.() === 0 ? otherUser : noRight].filter(works)
  if (mounts.length === 0)
    console.warn('No read-only mount can be made here: tried with the rights of files only.')
  if (mounts.length + rights.length === 0) {
    throw new Error('a folder that cannot be written cannot be made here, by unshare, setpriv or chmod')
  }
  return [...mounts, ...rights]
}
