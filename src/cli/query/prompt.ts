import { createInterface } from 'node:readline/promises'
import { type Guard, guard, QueryStopped } from '../../app/query/guard.ts'
import { startQueryProcess } from '../../app/query/process.ts'
import type { QueryFormat } from '../../app/query/request.ts'
import { stoppedError } from '../../app/query/session.ts'
import type { Published } from '../../projection/published.ts'
import { CliError, noteLine, printLine, printText } from '../output.ts'
import { openOrFail } from '../published.ts'
import { terminalWidth } from '../terminal.ts'
import { describeTables, listTables } from './catalog.ts'
import { answeredOrFail, describeQueryError } from './failure.ts'
import { keepHistory, readHistory } from './history.ts'
import { passToStdout } from './output.ts'
import { tellStanding } from './standing.ts'

type Settings = { readonly data: string; readonly memory: string; readonly timeout: number }

const FIRST = 'redress> '
const MORE = '    ...> '

const HELP = `A statement of SQL ends with ; and may take several lines.
  .tables          what there is to ask
  .schema [TABLE]  the columns of a table, or of all
  .help            this
  .quit            leave (or Ctrl-D)
Ctrl-C drops what was typed, or stops what runs.`

/** Asks for statements and prints their results, until the person leaves. Each is answered by a process of its own. */
export const prompt = async (settings: Settings, format: QueryFormat): Promise<void> => {
  let published = await openOrFail(settings.data, settings)
  tellStanding(published.standing)
  noteLine('.help says what can be done here.')
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    history: [...readHistory()],
    historySize: 1_000,
    removeHistoryDuplicates: true,
    prompt: FIRST,
  })
  lines.on('history', keepHistory)
  let typed = ''
  let running: { readonly stop: () => void } | null = null
  // Started while the person types, so that it is ready.
  let next = startQueryProcess({ ...settings, format })
  let isClosed = false
  lines.on('close', () => {
    isClosed = true
  })
  const ask = (): void => {
    // Ctrl-D may have come while a statement ran.
    if (isClosed) return
    lines.setPrompt(typed === '' ? FIRST : MORE)
    lines.prompt()
  }
  lines.on('SIGINT', () => {
    if (running !== null) return running.stop()
    typed = ''
    // To the end of the line, and drop what is before it.
    lines.write(null, { ctrl: true, name: 'e' })
    lines.write(null, { ctrl: true, name: 'u' })
    printLine()
    ask()
  })

  /** Does one thing with what is published now, and says what went wrong. */
  const attempt = async (work: (published: Published, watch: Guard) => Promise<void>): Promise<void> => {
    try {
      published = await current(published, settings)
      const watch = guard(published.connection, settings.timeout)
      running = { stop: () => watch.stop('interrupted') }
      await work(published, watch)
    } catch (error) {
      const told =
        error instanceof QueryStopped
          ? describeQueryError(stoppedError(error, settings.timeout, null).error)
          : error
      if (!(told instanceof CliError)) throw error
      for (const line of [told.message, ...told.details]) noteLine(line)
      if (error instanceof QueryStopped && error.isStuck) process.exit(told.exitCode)
    } finally {
      running = null
    }
  }

  /** Has a statement answered, and says what went wrong. */
  const answer = async (sql: string): Promise<void> => {
    const child = next
    running = { stop: () => child.stop('SIGINT') }
    try {
      published = await current(published, settings)
      const { data, memory, timeout } = settings
      const answered = await child.run(
        {
          data,
          memory,
          timeout,
          sql,
          format,
          terminalWidth: terminalWidth(),
          parquet: null,
        },
        passToStdout,
      )
      answeredOrFail(answered)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      for (const line of [error.message, ...error.details]) noteLine(line)
    } finally {
      running = null
      next = startQueryProcess({ ...settings, format })
    }
  }

  try {
    ask()
    for await (const line of lines) {
      const [command = '', argument] = line.trim().split(/\s+/, 2)
      if (typed === '' && command === '.quit') break
      if (typed === '' && command === '.help') printText(`${HELP}\n`)
      else if (typed === '' && command === '.tables') await attempt(listTables)
      else if (typed === '' && command === '.schema') await attempt(describeTables(argument ?? null))
      else if (typed === '' && command.startsWith('.')) {
        noteLine('There is no such command; .help lists them.')
      } else {
        typed = `${typed}${line}\n`
        if (typed.trim() === '') typed = ''
        else if (isComplete(typed)) {
          const sql = typed
          typed = ''
          await answer(sql)
        }
      }
      ask()
    }
  } finally {
    lines.close()
    next.kill()
    published.close()
    printLine()
  }
}

/** What is published now: another file than the one that is open, if it was replaced since. */
const current = async (published: Published, settings: Settings): Promise<Published> => {
  if (!published.isReplaced()) return published
  const newer = await openOrFail(settings.data, settings)
  published.close()
  noteLine('The projections were published anew.')
  tellStanding(newer.standing)
  return newer
}

/** Whole texts, names and comments, in which a semicolon ends nothing. */
const WHOLE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*\n|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$/g

/** Whether a statement has come to its semicolon. */
export const isComplete = (typed: string): boolean => {
  const left = typed.replace(WHOLE, ' ')
  return !/['"]|\/\*|\$\$/.test(left) && /;\s*$/.test(left)
}
