import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { openLedger } from '../../src/ledger/open.ts'
import { appeal, publication, unwrap } from './events.ts'

/**
 * `killed-writer.ts DIR N`: makes a ledger in a folder and records words and a ruleset, but is killed right before its N-th
 * step that writes to a file or begins or ends a transaction; so each moment at which the files have more or less on disk
 * can be tried.
 */
const [, , dir = '', at = ''] = process.argv
let steps = 0
const step = (what: string): void => {
  steps++
  if (steps !== Number(at)) return
  writeSync(1, `${what}\n`)
  process.kill(process.pid, 'SIGKILL')
}
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  if (/^(?:BEGIN|COMMIT|PRAGMA journal_mode)/.test(sql)) step(sql)
  return exec.call(this, sql)
}
const { run } = StatementSync.prototype
StatementSync.prototype.run = function (this: StatementSync, ...values: ReadonlyArray<unknown>) {
  step(this.sourceSQL)
  return Reflect.apply(run, this, values)
}

const { ledger, close } = unwrap(await openLedger(dir))
for (const event of [appeal('e1', 'u1', 'these are quilts'), publication('e2', '1', 3)]) {
  unwrap(await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]))
}
await close()
process.stdout.write('whole\n')
