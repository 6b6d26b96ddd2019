import { createInterface } from 'node:readline/promises'
import { type AnswerOptions, answerQuery } from '../../app/query/answer.ts'
import type { CatalogOptions } from '../../app/query/catalog.ts'
import { startQueryProcess } from '../../app/query/process/start.ts'
import { readPublishedStanding } from '../../app/query/standing.ts'
import { CliError, exitCodes, noteLine, printLine, printText } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { terminalWidth } from '../terminal.ts'
import { noteAsOf } from './as-of.ts'
import { describeTables, listTables } from './catalog.ts'
import { keepHistory, readHistory } from './history.ts'
import { passToStdout } from './output.ts'
import { type Stopping, stopping } from './stopping.ts'

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
export const prompt = async (settings: Settings, format: AnswerOptions['format']): Promise<void> => {
  let seen = resultOrFail(await readPublishedStanding(settings))
  noteAsOf(seen.standing)
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
  let running: Stopping | null = null
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

  /** Says so if other projections have been published. */
  const look = async (): Promise<void> => {
    const now = resultOrFail(await readPublishedStanding({ ...settings, seen }))
    if (now === seen) return
    seen = now
    noteLine('Switched to newly published projections.')
    noteAsOf(now.standing)
  }

  /** Does something that Ctrl-C can stop, on what is published now, and reports errors. */
  const attempt = async (work: (signals: Stopping['signals']) => Promise<void>): Promise<void> => {
    running = stopping()
    try {
      await look()
      await work(running.signals)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      for (const line of [error.message, ...error.details]) noteLine(line)
    } finally {
      running = null
    }
  }

  /** Runs a command that reads the catalog. */
  const command = async (work: (options: CatalogOptions) => Promise<void>): Promise<void> => {
    let isStuck = false
    const onStuck = (): void => {
      isStuck = true
    }
    await attempt(({ signal }) => work({ ...settings, signal, onStuck }))
    // The stuck thread would keep the process alive.
    if (isStuck) process.exit(exitCodes.failed)
  }

  /** Runs a statement. */
  const answer = async (sql: string): Promise<void> => {
    const child = next
    await attempt(async (signals) => {
      const { data, memory, timeout } = settings
      const answered = await answerQuery({
        ...{ data, sql, memory, timeout, format, ...signals },
        ...{ process: child, take: passToStdout, terminalWidth: terminalWidth() },
        onStanding: () => {},
      })
      resultOrFail(answered, 'SIGINT')
    })
    child.kill()
    next = startQueryProcess({ ...settings, format })
  }

  try {
    ask()
    for await (const line of lines) {
      const [word = '', argument] = line.trim().split(/\s+/, 2)
      if (typed === '' && word === '.quit') break
      if (typed === '' && word === '.help') printText(`${HELP}\n`)
      else if (typed === '' && word === '.tables') await command(listTables)
      else if (typed === '' && word === '.schema') await command(describeTables(argument ?? null))
      else if (typed === '' && word.startsWith('.')) {
        noteLine(`unknown command ${word}; .help lists the commands`)
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
    printLine()
  }
}

/** Complete strings, quoted names and comments: a semicolon in one does not end the statement. */
const WHOLE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*\n|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$/g

/** Whether a statement is complete, up to its semicolon. */
export const isComplete = (typed: string): boolean => {
  const left = typed.replace(WHOLE, ' ')
  return !/['"]|\/\*|\$\$/.test(left) && /;\s*$/.test(left)
}
