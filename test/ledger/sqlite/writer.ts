import { openLedger } from '../../../src/ledger/open.ts'
import { flag, unwrap } from '../events.ts'

/** `writer.ts DIR ACCOUNT`: appends events one by one until it is killed, printing how many of the account's are acknowledged. */
const [, , dir = '', account = ''] = process.argv
const { ledger } = unwrap(await openLedger(dir))
const before = unwrap(await ledger.head()).sequence
for (let n = before; ; n++) {
  const event = flag(`e-${process.pid}-${n}`, account)
  const [result] = unwrap(
    await ledger.append([{ stream: event.stream, expectedRevision: 'any', events: [event] }]),
  )
  const outcome = result?.kind === 'written' ? result.events[0] : undefined
  if (outcome?.kind !== 'appended') throw new Error(JSON.stringify(result))
  process.stdout.write(`${outcome.revision + 1}\n`)
}
