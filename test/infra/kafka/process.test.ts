import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { isAlive, killProcess, stopProcess, tieToThisProcess } from '../../../infra/kafka/process.ts'
import { PATIENCE } from '../../patience.ts'

const module = join(import.meta.dirname, '../../../infra/kafka/process.ts')

/** A process that waits, and has this in its command line. */
const waiting = (mark: string, prelude = ''): { pid: number; mark: string } => {
  const child = spawn(process.execPath, ['-e', `${prelude}; setInterval(() => {}, 1000)`, mark], {
    stdio: 'ignore',
  })
  return { pid: child.pid ?? 0, mark }
}

describe('given a process', () => {
  test('when another process now has its number, then that one is not mistaken for it', async () => {
    const one = waiting('the-broker')
    expect(isAlive(one)).toBe(true)
    const other = { pid: one.pid, mark: 'another-broker' }
    expect(isAlive(other)).toBe(false)
    await killProcess(other)
    expect(isAlive(one)).toBe(true)
    await stopProcess(one)
    expect(isAlive(one)).toBe(false)
  })

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'when the process that it is tied to is ended by %s, then it ends too',
    async (signal) => {
      const tied = waiting('tied')
      const owner = spawn(
        process.execPath,
        [
          '-e',
          `import('${module}').then((m) => { m.tieToThisProcess(${tied.pid}); console.log('tied'); setInterval(() => {}, 1000) })`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      await once(owner.stdout, 'data')
      expect(isAlive(tied)).toBe(true)
      owner.kill(signal)
      await vi.waitFor(() => expect(isAlive(tied)).toBe(false), PATIENCE)
    },
  )

  test('when the tie is cancelled, then it survives', async () => {
    const free = waiting('free')
    tieToThisProcess(free.pid)()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(isAlive(free)).toBe(true)
    await killProcess(free)
  })
})
