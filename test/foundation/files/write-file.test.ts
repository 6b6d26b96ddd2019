import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { removeFile, withScratchFolder, writeFile } from '../../../src/foundation/files/write-file.ts'
import { unwrap } from '../../ledger/events.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-write-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const at = (...names: ReadonlyArray<string>): string => join(dir, ...names)

const written = async (path: string, pieces: Parameters<typeof writeFile>[1]): Promise<number> =>
  unwrap(await writeFile(path, pieces))

const refusal = async (path: string): Promise<string> => {
  const answer = await writeFile(path, 'new')
  return E.isLeft(answer) ? answer.left.message : 'written'
}

const isRoot = process.getuid?.() === 0

describe('a regular file', () => {
  test('given none, when it is written, then it has all pieces, and the mode that every new file has', async () => {
    writeFileSync(at('plain'), '')

    const bytes = await written(at('new'), ['a', Buffer.from([0xff, 0x00]), '\u00e9', ''])

    expect(readFileSync(at('new'))).toEqual(Buffer.from([0x61, 0xff, 0x00, 0xc3, 0xa9]))
    expect(bytes).toBe(5)
    expect(statSync(at('new')).mode).toBe(statSync(at('plain')).mode)
    expect(readdirSync(dir)).toEqual(['new', 'plain'])
  })

  test('given pieces of any kind, when they are written, then they are in their order', async () => {
    async function* lines(): AsyncGenerator<string> {
      for (let i = 0; i < 30_000; i++) yield `${i}\n`
    }
    await written(at('text'), 'caf\u00e9')
    await written(at('bytes'), Buffer.from('bytes'))
    await written(at('lines'), lines())

    expect(readFileSync(at('text'), 'utf8')).toBe('caf\u00e9')
    expect(readFileSync(at('bytes'), 'utf8')).toBe('bytes')
    expect(readFileSync(at('lines'), 'utf8')).toBe(
      Array.from({ length: 30_000 }, (_, i) => `${i}\n`).join(''),
    )
  })

  test.each([0o600, 0o640, 0o755, 0o666])(
    'given one of mode %o, when it is written, then it keeps that',
    async (mode) => {
      writeFileSync(at('old'), 'old')
      chmodSync(at('old'), mode)

      await written(at('old'), 'new')

      expect(readFileSync(at('old'), 'utf8')).toBe('new')
      expect(statSync(at('old')).mode & 0o7777).toBe(mode)
    },
  )

  test.runIf(isRoot)('given one of another user, when root writes it, then it stays theirs', async () => {
    writeFileSync(at('old'), 'old')
    chownSync(at('old'), 65_534, 65_533)

    await written(at('old'), 'new')

    expect(statSync(at('old'))).toMatchObject({ uid: 65_534, gid: 65_533 })
  })

  test('given a reader that has the old one open, when it is written, then that reader still reads all of the old one', async () => {
    writeFileSync(at('old'), 'old')
    const opened = openSync(at('old'), 'r')

    await written(at('old'), 'new')

    expect(readFileSync(opened, 'utf8')).toBe('old')
    closeSync(opened)
  })

  test('given pieces that throw, when it is written, then that is rethrown, and the file is unchanged', async () => {
    writeFileSync(at('old'), 'old')
    const failure = Object.assign(new Error('no more'), { code: 'EIO', syscall: 'read' })
    function* failing(): Generator<string> {
      yield 'x'.repeat(1 << 17)
      throw failure
    }

    await expect(writeFile(at('old'), failing())).rejects.toBe(failure)

    expect(readFileSync(at('old'), 'utf8')).toBe('old')
    expect(readdirSync(dir)).toEqual(['old'])
  })

  test('given no space for it, when it is written, then the old one is unchanged, and that is reported', () => {
    writeFileSync(at('old'), 'old')
    const script = `
      import { writeFile } from '${join(import.meta.dirname, '../../../src/foundation/files/write-file.ts')}'
      console.log(JSON.stringify(await writeFile('${at('old')}', 'x'.repeat(1_000_000))))`

    const { stdout } = spawnSync(
      'sh',
      ['-c', `ulimit -f 64; exec "$0" --input-type=module -e "$1"`, process.execPath, script],
      { encoding: 'utf8' },
    )

    expect(JSON.parse(stdout).left.message).toBe(
      `cannot write ${at('old')}: it would exceed the maximum file size (EFBIG); check the limits (ulimit -f) and the file system`,
    )
    expect(readFileSync(at('old'), 'utf8')).toBe('old')
    expect(readdirSync(dir)).toEqual(['old'])
  })
})

describe('a symbolic link', () => {
  test('given one to a file, when it is written, then the file is, with its mode, and the link is unchanged', async () => {
    mkdirSync(at('else'))
    writeFileSync(at('else', 'target'), 'old')
    chmodSync(at('else', 'target'), 0o640)
    symlinkSync('else/target', at('link'))

    await written(at('link'), 'new')

    expect(readlinkSync(at('link'))).toBe('else/target')
    expect(readFileSync(at('else', 'target'), 'utf8')).toBe('new')
    expect(statSync(at('else', 'target')).mode & 0o777).toBe(0o640)
    expect(readdirSync(at('else'))).toEqual(['target'])
  })

  test('given a chain that ends nowhere, when it is written, then a file is created where it ends', async () => {
    mkdirSync(at('real', 'sub'), { recursive: true })
    symlinkSync('real/sub', at('folder'))
    // Relative to the folder that it is really in, which is not the one that its path names.
    symlinkSync('../made', at('real', 'sub', 'second'))
    symlinkSync(at('folder', 'second'), at('first'))

    await written(at('first'), 'new')

    expect(readFileSync(at('real', 'made'), 'utf8')).toBe('new')
    expect(lstatSync(at('first')).isSymbolicLink()).toBe(true)
    expect(lstatSync(at('real', 'sub', 'second')).isSymbolicLink()).toBe(true)
  })

  test('given a cycle, when it is written, then that is reported', async () => {
    symlinkSync('b', at('a'))
    symlinkSync('a', at('b'))

    expect(await refusal(at('a'))).toBe(
      `cannot write ${at('a')}: its symbolic links form a loop (ELOOP); check them`,
    )
  })

  test('given one to a device, when it is written, then the device is, and all are unchanged', async () => {
    symlinkSync('/dev/null', at('link'))

    await written(at('link'), 'new')

    expect(readlinkSync(at('link'))).toBe('/dev/null')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })
})

describe('what is not a regular file', () => {
  test('given /dev/null, when it is written, then it is unchanged', async () => {
    const before = statSync('/dev/null')

    expect(await written('/dev/null', ['some', 'text'])).toBe(8)

    expect(statSync('/dev/null')).toMatchObject({ ino: before.ino, mode: before.mode, rdev: before.rdev })
  })

  test('given a device that is full, when it is written, then that is reported', async () => {
    expect(await refusal('/dev/full')).toBe(
      'cannot write /dev/full: there is no space left (ENOSPC); free some space, then run it again',
    )
  })

  test('given a FIFO, when it is written before it is read, then the reader gets all of it', async () => {
    execFileSync('mkfifo', [at('fifo')])
    const large = 'line\n'.repeat(100_000)

    const writing = written(at('fifo'), large)
    const reader = spawn('cat', [at('fifo')])
    const read = await text(reader.stdout)

    expect(await writing).toBe(large.length)
    expect(read).toBe(large)
    expect(lstatSync(at('fifo')).isFIFO()).toBe(true)
  })

  test('given a reader that closes early, when a FIFO is written, then that is not an error', async () => {
    execFileSync('mkfifo', [at('fifo')])
    let wasEnded = false
    function* endless(): Generator<string> {
      try {
        for (;;) yield 'line\n'
      } finally {
        wasEnded = true
      }
    }

    const writing = written(at('fifo'), endless())
    const reader = spawn('head', ['-n', '2', at('fifo')])

    expect(await text(reader.stdout)).toBe('line\nline\n')
    await writing
    expect(wasEnded).toBe(true)
  })

  test('given a socket, a folder, a name that ends like one, no folder or no name, when it is written, then it is refused', async () => {
    const server = createServer().listen(at('socket'))
    await once(server, 'listening')
    mkdirSync(at('folder'))
    writeFileSync(at('file'), '')

    expect(await refusal(at('socket'))).toMatch(/: it is a socket; name a file, or use a pipe$/)
    expect(await refusal(at('folder'))).toBe(`cannot write ${at('folder')}: it is a folder; name a file`)
    expect(await refusal(`${at('new')}/`)).toMatch(/: it is a folder; name a file$/)
    expect(await refusal(at('none', 'x'))).toMatch(
      /: its folder does not exist \(ENOENT\); create the folder first$/,
    )
    expect(await refusal(at('file', 'x'))).toMatch(
      /: a part of its path is a file, not a folder \(ENOTDIR\); check the path$/,
    )
    expect(await refusal(at('n'.repeat(300)))).toMatch(
      /: its name is too long \(ENAMETOOLONG\); give a shorter one$/,
    )
    expect(await refusal('')).toBe('cannot write : the name is empty; give one')
    server.close()
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['file', 'folder']))
  })
})

describe('standard output by its name', () => {
  const script = (pieces: string): ReadonlyArray<string> => [
    '--input-type=module',
    '-e',
    `import { writeFile } from '${join(import.meta.dirname, '../../../src/foundation/files/write-file.ts')}'
     console.log('before')
     const answer = await writeFile('/dev/stdout', ${pieces})
     console.log('after', answer._tag)`,
  ]

  test('given a file that it is redirected to, when it is written, then what is already there is kept', () => {
    writeFileSync(at('out'), 'old\n')

    spawnSync('sh', ['-c', `exec "$0" "$@" >>'${at('out')}'`, process.execPath, ...script("'new\\n'")])

    expect(readFileSync(at('out'), 'utf8')).toBe('old\nbefore\nnew\nafter Right\n')
    expect(readdirSync(dir)).toEqual(['out'])
  })

  test('given a pipe that it is redirected to, when it is written, then the pipe gets it', () => {
    const { stdout } = spawnSync('sh', ['-c', `"$0" "$@" | cat`, process.execPath, ...script("'new\\n'")], {
      encoding: 'utf8',
    })

    expect(stdout).toBe('before\nnew\nafter Right\n')
  })
})

describe('a process that ends', () => {
  /** What the process says for each piece. */
  const WRITING = '.'
  /** Starts a process that writes a file without end, and waits until it has said something. */
  const slowWriter = async (said: string, ...args: ReadonlyArray<string>): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'slow-writer.ts'), ...args])
    let heard = ''
    while (!heard.includes(said)) heard += (await once(child.stdout, 'data'))[0]
    return child
  }
  const endOf = async (child: ChildProcess): Promise<ReadonlyArray<unknown>> => once(child, 'exit')

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'given %s while it writes, when it ends, then by that signal, the file is unchanged, and nothing is left next to it',
    async (signal) => {
      writeFileSync(at('old'), 'old')
      const child = await slowWriter(WRITING, at('old'))
      expect(readdirSync(dir)).toHaveLength(2)

      child.kill(signal)

      expect(await endOf(child)).toEqual([null, signal])
      expect(readFileSync(at('old'), 'utf8')).toBe('old')
      expect(readdirSync(dir)).toEqual(['old'])
    },
  )

  test('given a handler that exits, when the signal comes, then nothing is left next to the file either', async () => {
    const child = await slowWriter(WRITING, at('new'), 'handled')

    child.kill('SIGINT')

    expect(await endOf(child)).toEqual([7, null])
    expect(readdirSync(dir)).toEqual([])
  })

  test('given a kill while it writes, when the file is inspected, then it is unchanged, and can be written', async () => {
    writeFileSync(at('old'), 'old')
    const child = await slowWriter(WRITING, at('old'))

    child.kill('SIGKILL')
    await endOf(child)

    expect(readFileSync(at('old'), 'utf8')).toBe('old')
    await written(at('old'), 'new')
    expect(readFileSync(at('old'), 'utf8')).toBe('new')
  })

  test('given a FIFO that nobody reads, when a signal comes, then the process ends', async () => {
    execFileSync('mkfifo', [at('fifo')])
    const child = await slowWriter('ready', at('fifo'), 'handled')
    await new Promise((resolve) => setTimeout(resolve, 300))

    child.kill('SIGINT')

    expect(await endOf(child)).toEqual([7, null])
  })
})

describe('without write permission', () => {
  /** Runs the writer as another user, for whom the rights of files count. */
  const asNobody = (path: string): string => {
    const source = join(import.meta.dirname, '../../../src/foundation/files/write-file.ts')
    const script = `import { writeFile } from '${source}'
      console.log((await writeFile('${path}', 'new')).left?.message ?? 'written')`
    const command = [process.execPath, '--input-type=module', '-e', script]
    const [file = '', ...args] = isRoot
      ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command]
      : command
    return execFileSync(file, args, { encoding: 'utf8' }).trimEnd()
  }

  test('given a file or a folder of others, when it is written, then it is refused, and the file is unchanged', () => {
    chmodSync(dir, 0o777)
    writeFileSync(at('theirs'), 'old')
    chmodSync(at('theirs'), 0o444)
    mkdirSync(at('folder'), { mode: 0o555 })

    const denied = 'permission denied (EACCES); check its permissions and those of its parent folders'
    expect(asNobody(at('theirs'))).toBe(`cannot write ${at('theirs')}: ${denied}`)
    expect(asNobody(at('folder', 'new'))).toBe(`cannot write ${at('folder', 'new')}: ${denied}`)
    expect(readFileSync(at('theirs'), 'utf8')).toBe('old')
    expect(readdirSync(at('folder'))).toEqual([])
  })
})

describe('temporary files next to it', () => {
  test('given a link to a file, when it is removed, then the file is, and the link points to where a new one will be', async () => {
    writeFileSync(at('target'), 'old')
    symlinkSync('target', at('link'))

    unwrap(await removeFile(at('link')))
    unwrap(await removeFile('/dev/null'))
    unwrap(await removeFile(at('none')))

    expect(existsSync(at('target'))).toBe(false)
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  test('given work that throws, when it had a folder for it, then the folder is deleted', async () => {
    mkdirSync(at('else'))
    symlinkSync('else/target', at('link'))
    let seen: ReadonlyArray<string> = []

    const work = withScratchFolder(at('link'), async (folder) => {
      writeFileSync(join(folder, 'rows'), 'x')
      seen = readdirSync(at('else'))
      throw new Error('no more')
    })

    await expect(work).rejects.toThrow('no more')
    expect(seen).toHaveLength(1)
    expect(readdirSync(at('else'))).toEqual([])
  })

  test('given a device, when there is work for it, then its folder is in the system’s temporary folder', async () => {
    const folder = unwrap(await withScratchFolder('/dev/null', async (made) => made))

    expect(folder.startsWith(tmpdir())).toBe(true)
    expect(existsSync(folder)).toBe(false)
  })
})
