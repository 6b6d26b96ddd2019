import { Command, Option } from 'commander'
import { type ConsumedTopic, consumeTopic } from '../../app/consume.ts'
import { consumedJson } from '../../app/consume-json.ts'
import { hasFindings, total } from '../../app/ingest/tally.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { TrustedSource } from '../../ingest/accept/trust.ts'
import { helpNotes } from '../help-notes.ts'
import { ingestSummaryLines } from '../ingest/report.ts'
import {
  addKafkaOptions,
  endSoon,
  type KafkaOptions,
  kafkaSettings,
  topicArgument,
} from '../kafka-options.ts'
import {
  type AcceptClock,
  acceptClockOption,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
} from '../output.ts'
import { cliErrorOf, resultOrUsage } from '../result.ts'
import { type Signal, signalExitCodes, stopBySignal } from '../signals.ts'
import { trustOption } from '../trust-option.ts'
import { jsonLog, terminalLog } from './log.ts'

type Options = KafkaOptions &
  LedgerPlace &
  AcceptClock & {
    readonly topic: string
    readonly group?: string
    readonly trustSource?: ReadonlyArray<TrustedSource>
    readonly untilEnd?: boolean
    readonly fromStart?: boolean
    readonly accountsTopic?: string
    readonly json?: boolean
  }

export const consumeCommand = (): Command =>
  addKafkaOptions(
    new Command('consume').description(
      'Ingests the events that services publish to a Kafka topic, as CloudEvents in structured or binary mode, as a member ' +
        'of a consumer group. An offset is committed once its event is on disk, and redeliveries are dropped, so nothing is ' +
        'lost or duplicated, whichever process is killed and when. A rejected message is stored as a dead letter and ' +
        'forwarded, without personal text, to <topic>.dead-letters.',
    ),
  )
    .addOption(
      new Option('--topic <name>', 'the topic')
        .default('enforcement.events')
        .env('REDRESS_KAFKA_TOPIC')
        .argParser(topicArgument),
    )
    .addOption(
      new Option(
        '--group <id>',
        'the consumer group; it reads one topic into one ledger (default: redress.<topic>)',
      ).env('REDRESS_KAFKA_GROUP'),
    )
    .addOption(trustOption())
    .option('--until-end', 'stop once everything that is in the topic now is ingested')
    .option('--from-start', 'read the whole topic again, for a ledger that was restored or recreated')
    .addOption(
      new Option('--accounts-topic <name>', 'send the state of each account with new events to this topic')
        .env('REDRESS_KAFKA_ACCOUNTS_TOPIC')
        .argParser(topicArgument),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
On a terminal, shows a progress bar and the lag. Otherwise, and with --json, logs to stderr as lines of JSON. Prints the counts at the end.

With --accounts-topic, the state of an account is sent to that topic whenever events about it are ingested, before the offset is committed: JSON keyed by the account, ready for a Kafka Connect sink. The topic should be compacted, so that it keeps the last state of each account; a missing topic is created that way. To fill it from an existing ledger, add --from-start once; the states of accounts whose messages Kafka has deleted, or that came from redress ingest, are sent at their next event. Use the option for all consumers of a group, or for none.

Exit code: 0 done, or stopped by a signal; 1 done (--until-end), but some messages were rejected, deleted before they were read, or accepted for a stream that was deleted in the cluster; 2 failed; 130 or 143 stopped by a signal before the end (--until-end).

Examples:
  redress consume --brokers localhost:9092 --topic enforcement.events --until-end
  redress consume --brokers kafka-1:9093,kafka-2:9093 --tls --sasl scram-sha-512 --username redress \\
    --trust-source /policy flag.rescored=/scanner --data /var/lib/redress
  redress consume --brokers localhost:9092 --accounts-topic redress.accounts --from-start`),
    )
    .action(async (options: Options) => {
      const kafka = kafkaSettings(options)
      const {
        data,
        ledger,
        acceptClock,
        topic,
        accountsTopic = null,
        untilEnd = false,
        json = false,
      } = options
      const group = options.group ?? `redress.${topic}`
      const stop = stopBySignal()
      const log = process.stderr.isTTY && !json ? terminalLog() : jsonLog()
      const done = await consumeTopic({
        ...{ data, ledger, acceptClock, clock: Date.now },
        ...{ kafka, topic, group, untilEnd, accountsTopic },
        trust: options.trustSource ?? [],
        fromStart: options.fromStart === true,
        signal: stop.signal,
        onOpen: stop.listen,
        watch: {
          onStart: (partitions, lag) =>
            log.started({ topic, group, brokers: kafka.brokers, partitions, lag }),
          onDurable: log.durable,
          onLag: log.lag,
          onRemark: log.remark,
        },
      }).finally(log.stop)
      endSoon()
      // Invalid if the topics given clash.
      const consumed = resultOrUsage(done)
      const { tally, losses, failure } = consumed
      const signal = stop.came()
      report(consumed, { topic, group, accountsTopic, signal, json })
      for (const loss of losses) noteLine(`redress: warning: ${loss}`)
      if (failure !== null) throw cliErrorOf(failure)
      if (tally.rejected > 0) {
        noteLine('Rejected messages are stored as dead letters; list them with: redress dead-letters')
      }
      if (untilEnd && signal !== null) process.exitCode = signalExitCodes[signal]
      else if (untilEnd && (hasFindings(tally) || losses.length > 0)) process.exitCode = exitCodes.findings
    })

type Called = {
  readonly topic: string
  readonly group: string
  readonly accountsTopic: string | null
  readonly signal: Signal | null
  readonly json: boolean
}

const report = (consumed: ConsumedTopic, called: Called): void => {
  const { topic, accountsTopic, signal, json } = called
  if (json) {
    printJson({ ...consumedJson(consumed, called), stoppedBy: signal })
    return
  }
  const { tally, statesSent } = consumed
  for (const line of ingestSummaryLines(`${topic}: ${countOf(total(tally), 'message')}`, tally))
    printLine(line)
  if (accountsTopic !== null) {
    printLine(`${accountsTopic}: ${countOf(statesSent, 'state of an account', 'states of accounts')}`)
  }
}
