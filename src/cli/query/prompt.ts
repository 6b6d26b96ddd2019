import { createInterface } from 'node:readline/promises'
import { type Guard, guard, QueryStopped } from '../../app/query/guard.ts'
import type { QueryFormat } from '../../app/query/process/request.ts'
import { startQueryProcess } from '../../app/query/process/start.ts'
import { stoppedError } from '../../app/query/session.ts'
import type { Published } from '../../projection/published.ts'
import { CliError, noteLine, printLine, printText } from '../output.ts'
import { openOrFail } from '../published.ts'
import { terminalWidth } from '../terminal.ts'
import { noteAsOf } from './as-of.ts'
import { describeTables, listTables } from './catalog.ts'
import { answeredOrFail, describeQueryError } from './failure.ts'
import { keepHistory, readHistory } from './history.ts'
import { passToStdout } from './output.ts'

type Settings = { readonly data: string; readonly memory: string; readonly timeout: number }

const FIRST = 'redress> '
const MORE = '    ...> '

const HELP = `An SQL statement ends with ; and may span several lines.
  .tables          list the tables and views
  .schema [TABLE]  list the columns of one table, or of all
  .help            show this help
  .quit            leave (or Ctrl-D)
Ctrl-C discards what was typed, or stops a running statement.`

/** Reads statements and prints their results, until the user leaves. Each runs in a process of its own. */
export const prompt = async (settings: Settings, format: QueryFormat): Promise<void> => {
  let published = await openOrFail(settings.data, settings)
  noteAsOf(published.standing)
  noteLine('Type .help for help.')
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
  // Started while the user types, so that it is ready.
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
    // Move to the end of the line, and delete what is before it.
    lines.write(null, { ctrl: true, name: 'e' })
    lines.write(null, { ctrl: true, name: 'u' })
    printLine()
    ask()
  })

  /** Does something with what is published now, and reports errors. */
  const attempt = async (work: (published: Published, watch: Guard) => Promise<void>): Promise<void> => {
    try {
      published = await current(published, settings)
      const watch = guard(published.connection, settings.timeout)
      running = { stop: () => watch.stop('interrupted') }
      await work(published, watch)
    } catch (error) {
      const failure =
        error instanceof QueryStopped
          ? describeQueryError(stoppedError(error, settings.timeout, null).error)
          : error
      if (!(failure instanceof CliError)) throw error
      for (const line of [failure.message, ...failure.details]) noteLine(line)
      if (error instanceof QueryStopped && error.isStuck) process.exit(failure.exitCode)
    } finally {
      running = null
    }
  }

  /** Runs a statement, and reports errors. */
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
        noteLine('Unknown command; .help lists them.')
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

/** What is published now: the open file, or the one that has replaced it. */
const current = async (published: Published, settings: Settings): Promise<Published> => {
  if (!published.isReplaced()) return published
  const newer = await openOrFail(settings.data, settings)
  published.close()
  noteLine('Switched to newly published projections.')
  noteAsOf(newer.standing)
  return newer
}

/** Complete strings, quoted names and comments: a semicolon in one does not end the statement. */
const WHOLE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*\n|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$/g

/** Whether a statement is complete, up to its semicolon. */
export const isComplete = (typed: string): boolean => {
  const left = typed.replace(WHOLE, ' ')
  return !/['"]|\/\*|\$\$/.test(left) && /;\s*$/.test(left)
}
