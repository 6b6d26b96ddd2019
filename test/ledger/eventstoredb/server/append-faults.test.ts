import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  DeadlineExceededError,
  NotLeaderError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PATIENCE } from '../../../patience.ts'
import { append, type Client, disposeClient, event, failure, id, openClient, seen } from './client.ts'
import { startTestServer, type TestServer } from './server.ts'

const run = promisify(execFile)

describe('given a test server that fails on demand', () => {
  let server: TestServer
  let client: Client
  beforeEach(async () => {
    server = await startTestServer()
    client = openClient(server.url)
  })
  afterEach(async () => {
    await disposeClient(client)
    await server.close()
  })
  const ids = () => server.userLog().map((logged) => logged.id)

  test('when an append is not answered, then the client waits forever, and other calls continue', async () => {
    await append(client, 'z', [0])
    server.faults.nextAppends({ kind: 'hang', written: false }, { kind: 'hang', written: true })
    expect(await seen(append(client, 'a', [1], 'no_stream'))).toEqual({ kind: 'silent' })
    expect(await seen(append(client, 'b', [2], 'no_stream'))).toEqual({ kind: 'silent' })
    await vi.waitFor(() => expect(ids()).toEqual([id(0), id(2)]), PATIENCE)
    // The same again: written now, and known.
    expect(await append(client, 'a', [1], 'no_stream')).toMatchObject({ nextExpectedRevision: 0n })
    expect(await append(client, 'b', [2], 'no_stream')).toMatchObject({ nextExpectedRevision: 0n })
    expect(ids()).toEqual([id(0), id(2), id(1)])
  })

  test('when the server is busy, then it is an UnknownError with that message, and nothing is written', async () => {
    server.faults.nextAppends({ kind: 'busy' })
    const error = await failure(append(client, 'a', [1]))
    expect(error).toBeInstanceOf(UnknownError)
    expect(error).toMatchObject({ message: 'Could not recognize Server Is Busy' })
    expect(ids()).toEqual([])
    await append(client, 'a', [1])
  })

  test('when the server times out, then the event may be there or not', async () => {
    server.faults.nextAppends({ kind: 'timeout', written: true }, { kind: 'timeout', written: false })
    expect(await failure(append(client, 'a', [1]))).toBeInstanceOf(DeadlineExceededError)
    expect(await failure(append(client, 'a', [2]))).toBeInstanceOf(DeadlineExceededError)
    expect(ids()).toEqual([id(1)])
  })

  test('when the server ends the stream of calls, then the client waits forever, also for later appends', async () => {
    await append(client, 'a', [1])
    server.faults.nextAppends({ kind: 'half_close', written: true })
    expect(await seen(append(client, 'a', [2]))).toEqual({ kind: 'silent' })
    expect(await seen(append(client, 'a', [3]))).toEqual({ kind: 'silent' })
    expect(await disposeClient(client)).toBe('silent')
    await vi.waitFor(() => expect(ids()).toEqual([id(1), id(2)]), PATIENCE)
    client = openClient(server.url)
    await append(client, 'a', [3])
  })

  test('when it ends the stream before the commit, then nothing is written', async () => {
    await append(client, 'a', [1])
    server.faults.nextAppends({ kind: 'half_close', written: false })
    expect(await seen(append(client, 'a', [2]))).toEqual({ kind: 'silent' })
    expect(ids()).toEqual([id(1)])
  })

  test('when the server dies, then pending appends fail, and what was written is there afterwards', async () => {
    await append(client, 'a', [1], 'no_stream')
    server.faults.nextAppends({ kind: 'die', written: true })
    expect(await failure(append(client, 'a', [2], 0n))).toBeInstanceOf(UnavailableError)
    expect(server.deaths()).toBe(1)
    expect(await failure(append(client, 'a', [2], 0n))).toBeInstanceOf(Error)
    await server.start()
    expect(await append(client, 'a', [2], 0n)).toMatchObject({ nextExpectedRevision: 1n })
    expect(ids()).toEqual([id(1), id(2)])
  })

  test('when it dies before the commit and restarts, then the client continues with it', async () => {
    server.faults.nextAppends({ kind: 'die', written: false, restartAfter: 20 })
    expect(await failure(append(client, 'a', [1]))).toBeInstanceOf(UnavailableError)
    expect(ids()).toEqual([])
    await server.start()
    await append(client, 'a', [1])
  })

  test('when it is down at the first call, then the error is not wrapped', async () => {
    await server.kill()
    const error = await failure(append(client, 'a', [1]))
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(UnavailableError)
    expect(error).toMatchObject({ code: 14 })
    await server.start()
  })

  test('when the answer is slow, then the event is stored before it arrives', async () => {
    server.faults.nextAppends({ kind: 'slow', milliseconds: 500 })
    let answered = false
    const pending = append(client, 'a', [1]).finally(() => {
      answered = true
    })
    await vi.waitFor(() => expect(ids()).toEqual([id(1)]), PATIENCE)
    expect(answered).toBe(false)
    expect(await pending).toMatchObject({ success: true })
  })

  test('when an append is late, then a second attempt overtakes it and the first is recognised as a repetition', async () => {
    await append(client, 'b', [0])
    server.faults.nextAppends({ kind: 'late', milliseconds: 500 })
    const late = append(client, 'a', [1], 'no_stream')
    const second = await append(client, 'a', [1], 'no_stream')
    expect(await late).toEqual(second)
    expect(ids()).toEqual([id(0), id(1)])
  })

  test('when it arrives late and another event was first, then the version is wrong', async () => {
    await append(client, 'b', [0])
    server.faults.nextAppends({ kind: 'late', milliseconds: 500 })
    const late = append(client, 'a', [1], 'no_stream')
    await append(client, 'a', [2], 'no_stream')
    expect(await failure(late)).toBeInstanceOf(WrongExpectedVersionError)
  })

  test('when the node is no longer the leader, then the client reports where the leader is, and goes there', async () => {
    server.faults.nextAppends({ kind: 'not_leader' })
    const error = await failure(append(client, 'a', [1]))
    expect(error).toBeInstanceOf(NotLeaderError)
    expect(error).toMatchObject({ leader: { address: '127.0.0.1' } })
    await append(client, 'a', [1])
    expect(ids()).toEqual([id(1)])
  })

  test('when the server pauses, then nothing is committed until it resumes', async () => {
    await append(client, 'a', [1])
    server.pause()
    const pending = append(client, 'a', [2])
    expect(await seen(pending)).toEqual({ kind: 'silent' })
    expect(ids()).toEqual([id(1)])
    server.resume()
    await pending
    expect(ids()).toEqual([id(1), id(2)])
  })

  test('when it dies while paused, then waiting appends are lost', async () => {
    await append(client, 'a', [1])
    server.pause()
    const pending = failure(append(client, 'a', [2]))
    await seen(pending, 50)
    await server.kill()
    expect(await pending).toBeInstanceOf(UnavailableError)
    await server.start()
    await append(client, 'a', [3])
    expect(ids()).toEqual([id(1), id(3)])
  })

  test('when a schedule is given, then it decides for each call, after the queued faults', async () => {
    server.faults.scheduleAppends(({ number }) => (number % 2 === 0 ? { kind: 'busy' } : null))
    server.faults.nextAppends(null, null)
    await append(client, 'a', [1])
    await append(client, 'a', [2])
    await append(client, 'a', [3])
    expect(await failure(append(client, 'a', [4]))).toBeInstanceOf(UnknownError)
    server.faults.clear()
    await append(client, 'a', [4])
    expect(server.faults.appends().map(({ fault }) => fault?.kind ?? null)).toEqual([
      null,
      null,
      null,
      'busy',
      null,
    ])
    expect(server.faults.appends()[3]).toMatchObject({
      number: 4,
      stream: 'a',
      expected: 'any',
      ids: [id(4)],
    })
  })

  test('when a call has its own credentials, then it gets the faults of a single call', async () => {
    const credentials = { username: 'admin', password: 'changeit' }
    const send = () => client.appendToStream('a', [event(1)], { credentials })
    server.faults.nextAppends(
      { kind: 'busy' },
      { kind: 'half_close', written: false },
      { kind: 'not_leader' },
    )
    expect(await failure(send())).toBeInstanceOf(UnavailableError)
    expect(await failure(send())).toBeInstanceOf(UnavailableError)
    expect(await failure(send())).toBeInstanceOf(NotLeaderError)
    await send()
    expect(ids()).toEqual([id(1)])
  })
})

describe('given client behaviour that ends its process', () => {
  const crash = async (trap: string): Promise<string> => {
    const script = new URL('./crash.ts', import.meta.url).pathname
    const { stdout } = await run(process.execPath, [script, trap], { timeout: PATIENCE })
    return stdout
  }

  test('when an answer arrives twice, then the second is an uncaught error', async () => {
    expect(await crash('twice')).toContain('uncaught: undefined is not iterable')
  })

  test('when another client of the process is disposed, then a pending append fails and its answer is uncaught', async () => {
    const seenThere = await crash('two-clients')
    expect(seenThere).toContain('pending: Error: 1 CANCELLED: Cancelled on client')
    expect(seenThere).toContain('uncaught: undefined is not iterable')
  })

  test('when the other is disposed first and that is awaited, then the next client is safe', async () => {
    expect(await crash('in-turn')).toBe('pending: answered\n')
  })
})
