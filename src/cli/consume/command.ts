import { Command, InvalidArgumentError, Option } from 'commander'
import * as E from '#fp/Either'
import { emptyTally, tallyUp, total } from '../../app/ingest/tally.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { threadDecoder } from '../../ingest/accept/decoder.ts'
import { accountFeed } from '../../ingest/account-feed/publish.ts'
import { accountsTopicClash } from '../../ingest/account-feed/topic.ts'
import { consume } from '../../ingest/kafka/consume.ts'
import type { ConsumeError } from '../../ingest/kafka/request.ts'
import { describeIngestError, openIngestor } from '../../ingest/pipeline/ingestor.ts'
import { ingestJson, ingestSummaryLines } from '../ingest/report.ts'
import { openStoresOrFail } from '../ingest/stores.ts'
import {
  type AcceptClock,
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJson,
  printLine,
  trustOption,
} from '../output.ts'
import { onSignal, signalExitCodes } from '../signals.ts'
import { addKafkaOptions, type KafkaOptions, kafkaSettings } from './kafka-options.ts'
import { jsonLog, terminalLog } from './log.ts'

type Options = KafkaOptions &
  LedgerPlace &
  AcceptClock & {
    readonly topic: string
    readonly group?: string
    readonly trustSource?: ReadonlyArray<string>
    readonly untilEnd?: boolean
    readonly fromStart?: boolean
    readonly accountsTopic?: string
    readonly json?: boolean
  }

export const consumeCommand = (): Command =>
  addKafkaOptions(
    new Command('consume').description(
      'Takes in what services publish to a Kafka topic: CloudEvents, structured or binary mode, as a member of a consumer ' +
        'group. An offset is committed when its event is on disk, and what comes twice is dropped, so nothing is lost or ' +
        'doubled, whatever is killed when. What is refused is kept as a dead letter and sent on to <topic>.dead-letters, without what people wrote.',
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
        'the consumer group, which reads one topic for one ledger (default: redress. and the topic)',
      ).env('REDRESS_KAFKA_GROUP'),
    )
    .addOption(trustOption())
    .option('--until-end', 'end when all that is in the topic now is taken in')
    .option('--from-start', 'read all of the topic again, for a ledger that was restored or made anew')
    .addOption(
      new Option(
        '--accounts-topic <name>',
        'send the state of each account that something comes of to this topic',
      )
        .env('REDRESS_KAFKA_ACCOUNTS_TOPIC')
        .argParser(topicArgument),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
On a terminal it shows a bar and how far it is behind; elsewhere, and with --json, stderr gets a line of JSON for each
thing that happens. What was counted is printed at the end.

With --accounts-topic the state of an account goes to that topic whenever something of it is taken in, before the offset is
committed: JSON keyed by the account, for a Kafka Connect sink to carry on. Compacted, it holds the last state of each; it is
made so when it is missing. To fill it for a ledger that has all already, add --from-start once; accounts whose messages
Kafka has deleted, or that came in by redress ingest, are sent when next something comes of them. Give it to all consumers
of a group, or to none.

Exit code: 0 stopped by a signal or at the end, 1 at the end with --until-end and some messages rejected, or deleted
before they were read, 2 could not go on, 130 or 143 stopped by a signal before the end (--until-end).

Examples:
  redress consume --brokers localhost:9092 --topic enforcement.events --until-end
  redress consume --brokers kafka-1:9093,kafka-2:9093 --tls --sasl scram-sha-512 --username redress \\
    --trust-source /policy --data /var/lib/redress
  redress consume --brokers localhost:9092 --accounts-topic redress.accounts --from-start`,
    )
    .action(async (options: Options) => {
      const kafka = kafkaSettings(options)
      const { topic } = options
      const groupId = options.group ?? `redress.${topic}`
      const untilEnd = options.untilEnd === true
      const { accountsTopic } = options
      const clash = accountsTopic === undefined ? null : accountsTopicClash(topic, accountsTopic)
      if (clash !== null) throw new CliError(clash, exitCodes.usage)
      const stores = await openStoresOrFail(options)
      const decoder = threadDecoder()
      const tally = emptyTally()
      let behind = 0
      let statesSent = 0
      const onPublished = (states: number): void => {
        statesSent += states
      }
      const losses: string[] = []
      const log = process.stderr.isTTY && options.json !== true ? terminalLog(tally) : jsonLog(tally)
      const stop = new AbortController()
      const signalled = onSignal(() => stop.abort())
      const trust = new Set(options.trustSource ?? [])
      const done = await consume(
        { kafka, topic, groupId, untilEnd, fromStart: options.fromStart === true },
        {
          ledger: stores.ledger,
          ingestor: openIngestor({ ...stores, decoder, trust }),
          ...(accountsTopic === undefined
            ? {}
            : { afterChunk: accountFeed(stores.ledger, { topic, accountsTopic, onPublished }) }),
        },
        {
          onStart: (partitions, lag) =>
            log.started({ topic, group: groupId, brokers: kafka.brokers, partitions, lag }),
          onDurable: (outcome) => {
            tallyUp(tally, outcome)
            log.durable(outcome)
          },
          onLag: (lag) => {
            behind = lag
            log.lag(lag)
          },
          onRemark: (remark) => {
            if (remark.isLoss === true) losses.push(remark.message)
            log.remark(remark)
          },
        },
        stop.signal,
      )()
      log.stop()
      await decoder.close()
      await stores.close()
      endSoon()
      const signal = signalled()
      if (E.isLeft(done) && total(tally) === 0) throw new CliError(describe(done.left))
      if (options.json === true) {
        printJson({
          topic,
          group: groupId,
          messages: total(tally),
          ...ingestJson(tally),
          ...(accountsTopic === undefined ? {} : { accountsTopic, statesSent }),
          lag: behind,
          losses,
          stoppedBy: signal,
        })
      } else {
        for (const line of ingestSummaryLines(`${topic}: ${countOf(total(tally), 'message')}`, tally))
          printLine(line)
        if (accountsTopic !== undefined)
          printLine(`${accountsTopic}: ${countOf(statesSent, 'state of an account', 'states of accounts')}`)
      }
      for (const loss of losses) noteLine(`Look into this: ${loss}`)
      if (E.isLeft(done)) {
        throw new CliError(describe(done.left), exitCodes.failed, [
          'What is counted is on disk. Run it again when that is mended; nothing is doubled.',
        ])
      }
      if (tally.rejected > 0) {
        noteLine('The rejected messages are kept; see them all with: redress dead-letters')
      }
      if (untilEnd && signal !== null) process.exitCode = signalExitCodes[signal]
      else if (untilEnd && (tally.rejected > 0 || losses.length > 0)) process.exitCode = exitCodes.findings
    })

/** kafkajs goes on trying to reach brokers that are away, and would keep a process alive that has nothing left to do. */
const endSoon = (): void => {
  setTimeout(() => process.exit(), 1_000).unref()
}

const describe = (error: ConsumeError): string => {
  switch (error.kind) {
    case 'unreachable':
    case 'topic':
    case 'not_ready':
    case 'other_ledger':
      return error.message
    case 'crashed':
      return `the consumer ended: ${error.message}`
    default:
      return describeIngestError(error)
  }
}

/** Kafka's rule for the names of topics. */
const topicArgument = (text: string): string => {
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(text)) throw new InvalidArgumentError('Give the name of one topic.')
  return text
}
