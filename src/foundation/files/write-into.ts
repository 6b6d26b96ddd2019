import { constants, open as openDescriptor, writeFile as writeToDescriptor } from 'node:fs'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Pieces, writePieces } from '../text/pieces.ts'
import { isSystemError } from './file-error.ts'
import type { WriteTarget } from './write-target.ts'

type Openable = Exclude<WriteTarget, { readonly kind: 'file' }>

/** Writes into an existing target. A reader that leaves early has seen enough: that is not a failure. */
export const writeInto = async (target: Openable, pieces: Pieces): Promise<number> => {
  let bytes = 0
  const sink = await openSink(target)
  try {
    await writePieces(pieces, async (piece) => {
      await sink.write(piece)
      bytes += piece.byteLength
    })
    await sink.end()
  } catch (error) {
    await sink.abandon()
    if (!isSystemError(error) || error.code !== 'EPIPE') throw error
  }
  return bytes
}

type Sink = {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly end: () => Promise<void>
  /** Ends it after a failure, without waiting. */
  readonly abandon: () => Promise<void>
}

const openSink = async (target: Openable): Promise<Sink> => {
  switch (target.kind) {
    case 'fifo':
      return fifoSink(await openFifo(target.path))
    case 'device': {
      const device = await open(target.path, constants.O_WRONLY | constants.O_NOCTTY)
      return {
        write: (bytes) => device.writeFile(bytes),
        end: () => device.close(),
        abandon: () => device.close(),
      }
    }
    case 'descriptor': {
      // From the current position: opened again, it would be overwritten from its start.
      const write = promisify(writeToDescriptor)
      return { write: (bytes) => write(target.descriptor, bytes), end: nothing, abandon: nothing }
    }
  }
}

const nothing = async (): Promise<void> => {}

/** How long to wait before asking again whether a FIFO has a reader, in ms. */
const READER_WAIT = 50

/**
 * Opens a FIFO once it has a reader. Not with a call that waits for one: it would block a thread that the process
 * joins at exit, so that no signal that we handle could end it.
 */
const openFifo = async (path: string): Promise<number> => {
  for (;;) {
    try {
      return await promisify(openDescriptor)(path, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'ENXIO') throw error
      await delay(READER_WAIT)
    }
  }
}

const fifoSink = (descriptor: number): Sink => {
  const socket = new Socket({ fd: descriptor, readable: false, writable: true })
  // Both writing and ending report a failure.
  socket.on('error', () => {})
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error == null ? resolve() : reject(error)))
      }),
    end: async () => {
      socket.end()
      await finished(socket, { readable: false })
    },
    abandon: async () => {
      socket.destroy()
    },
  }
}
