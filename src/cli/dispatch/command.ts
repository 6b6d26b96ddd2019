import { Command } from 'commander'
import { dispatchRequests } from '../../app/dispatch/dispatch.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { helpNotes } from '../help-notes.ts'
import { addKafkaOptions, endSoon, type KafkaOptions, kafkaSettings } from '../kafka-options.ts'
import { dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { signalExitCodes, stopBySignal } from '../signals.ts'
import { format } from '../table.ts'

type Options = LedgerPlace & KafkaOptions & { readonly untilEnd?: boolean; readonly json?: boolean }

export const dispatchCommand = (): Command =>
  addKafkaOptions(
    new Command('dispatch').description(
      'Follows a ledger, and sends the requests of its remediations to services: what to reinstate, restore, annul, change or void, ' +
        'and which requests are withdrawn. Ctrl-C or SIGTERM stops it; it goes on where it ended.',
    ),
  )
    .option('--until-end', 'stop once everything that is in the ledger is sent')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
Requests and withdrawals go to the topic redress.requests, keyed by account, in the order in which they were recorded: each once for a consumer that reads only what is committed. How far the topic is, is kept in redress.cursors. Missing topics are created. Brokers that are down are waited for.

Run one for a ledger. Of two, only the one that started last sends, and the other ends. Services without Kafka can ask with: redress remediation requests

Exit code: 0 done, or stopped by a signal; 2 failed, or another one sends now; 130 or 143 stopped by a signal before the end (--until-end).

Examples:
  redress dispatch --brokers localhost:9092
  redress dispatch --brokers kafka-1:9093,kafka-2:9093 --tls --sasl scram-sha-512 --username redress --data /var/lib/redress`),
    )
    .action(async (options: Options) => {
      const kafka = kafkaSettings(options)
      const { data, ledger, untilEnd = false, json = false } = options
      const stop = stopBySignal()
      const progress = startProgress('Reading the ledger', 1, 'events')
      const done = await dispatchRequests({
        ...{ data, ledger, kafka, untilEnd, signal: stop.signal, onOpen: stop.listen },
        onRead: (sequence, head) => {
          if (sequence < head) progress.update(sequence, head)
          else progress.stop()
        },
        onRemark: (message) => progress.print(`redress: warning: ${message}`),
      }).finally(progress.stop)
      endSoon()
      const { sequence, sent } = resultOrFail(done)
      const signal = stop.came()
      if (untilEnd && signal !== null) process.exitCode = signalExitCodes[signal]
      if (json) printJson({ sequence, sent, stoppedBy: signal })
      else printLine(`Up to sequence ${format(sequence)}: ${countOf(sent, 'message')} sent`)
    })
