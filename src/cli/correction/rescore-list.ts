import { Command, Option } from 'commander'
import { listForRescoring, type RescoreListing } from '../../app/correction/rescore-list.ts'
import { sendRescoreRequests } from '../../app/correction/send-requests.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { KafkaSettings } from '../../ingest/kafka/client/client.ts'
import type { SentAll } from '../../ingest/kafka/send-all.ts'
import { ndjson } from '../../replay/result/write.ts'
import { writeNamed } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import {
  addKafkaOptions,
  endSoon,
  type KafkaOptions,
  kafkaSettings,
  topicArgument,
} from '../kafka-options.ts'
import { CliError, exitCodes, jsonOption, noteLine, printJson, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import {
  addReadingOptions,
  addWindowOptions,
  type ReadingOptions,
  readingOf,
  type WindowOptions,
  watchReading,
} from '../replay/loading.ts'
import { resultOrFail, resultOrUsage } from '../result.ts'
import { readCorrectionFile } from './file.ts'

type Options = ReadingOptions &
  WindowOptions &
  Partial<KafkaOptions> & { readonly out?: string; readonly topic?: string; readonly json?: boolean }

export const rescoreListCommand = (): Command => {
  const command = new Command('rescore-list')
    .summary('list the flags that a detector must look at again')
    .description(
      'Lists the flags that a correction leaves unknown, that are in evidence for a decision which therefore cannot be ' +
        'settled, and that a detector can look at again: they have content, a rule, and no person raised them. When its ' +
        'answers (flag.rescored.v1) are ingested, the same replay settles the decisions. Requires --out, --topic, or both.',
    )
    .argument('<file>', 'the correction')
    .addOption(new Option('--out <file>', 'write the list to this file (NDJSON), atomically'))
    .addOption(
      new Option(
        '--topic <topic>',
        'send the list to this Kafka topic, such as redress.rescore-requests, keyed by account; it is created if missing',
      ).argParser(topicArgument),
    )
  return addReadingOptions(addWindowOptions(addKafkaOptions(command, 'optional')))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
A line is {account, flagId, occurredAt, content, category, rule, detector, signals, withdrawals}: what was recorded with the flag, and the withdrawals that leave it unknown. Lines are sorted by account and flagId. A message is the same object; running the command again sends it again.

Exit code: 0 done, 1 some messages were not sent, 2 failed.

Examples:
  redress correction rescore-list correction.yaml --out requests.ndjson
  redress correction rescore-list correction.yaml --topic redress.rescore-requests --brokers localhost:9092`),
    )
    .action(async (file: string, options: Options) => {
      const { out = null, json = false } = options
      const reading = readingOf(options)
      const destination = destinationOf(options)
      if (out === null && destination === null) {
        throw new CliError('give where to put the list: --out or --topic', exitCodes.usage)
      }
      const correction = await readCorrectionFile(file)
      const { stop, ...watch } = watchReading()
      const window = { from: options.from ?? null, to: options.to ?? null }
      const listing = resultOrUsage(
        await listForRescoring({ ...reading, correction, window, ...watch }).finally(stop),
      )
      if (out !== null) await writeNamed(out, ndjson(listing.list.requests))
      const sent = destination === null ? null : await send(listing, destination)
      if (sent !== null && sent.failed > 0) process.exitCode = exitCodes.findings
      const done = { listing, out, topic: destination?.topic ?? null, sent }
      if (json) printJson(doneJson(done))
      else for (const line of doneLines(done)) printLine(line)
      if (sent !== null && sent.failed > 0) {
        const failed = countOf(sent.failed, 'request was', 'requests were')
        noteLine(`redress: ${failed} not sent to ${done.topic}: ${sent.why}; run it again when that is fixed`)
      }
    })
}

type Destination = { readonly topic: string; readonly kafka: KafkaSettings }

/** Where the list is sent; null: nowhere. */
const destinationOf = ({ topic, brokers, ...options }: Options): Destination | null => {
  if (topic === undefined) return null
  if (brokers === undefined) throw new CliError('--topic requires --brokers', exitCodes.usage)
  return { topic, kafka: kafkaSettings({ brokers, ...options }) }
}

const send = async ({ list }: RescoreListing, { topic, kafka }: Destination): Promise<SentAll> => {
  const progress = startProgress('Sending', 1, 'requests')
  try {
    return resultOrFail(
      await sendRescoreRequests({
        ...{ kafka, topic, requests: list.requests, onSent: progress.update },
        onRemark: ({ level, message }) => noteLine(`redress: ${level}: ${message}`),
      }),
    )
  } finally {
    progress.stop()
    endSoon()
  }
}

type Done = {
  readonly listing: RescoreListing
  readonly out: string | null
  readonly topic: string | null
  readonly sent: SentAll | null
}

const doneJson = ({ listing: { sequence, list }, out, topic, sent }: Done) => ({
  sequence,
  flags: list.requests.length,
  waiting: list.waiting,
  unanswerable: list.unanswerable,
  out,
  topic,
  sent: sent?.sent ?? null,
  failed: sent?.failed ?? null,
})

const doneLines = ({ listing: { list }, out, topic, sent }: Done): ReadonlyArray<string> => {
  const { requests, waiting, unanswerable } = list
  return [
    requests.length === 0
      ? 'No decision waits for a rescoring.'
      : `${countOf(requests.length, 'flag')} to rescore, for ${countOf(waiting, 'decision that waits', 'decisions that wait')}.`,
    ...(unanswerable === 0
      ? []
      : [
          `No rescoring can settle ${countOf(unanswerable, 'other flag')}, without content or a rule that judges it, raised by a person, or withdrawn whatever a detector finds: their decisions need human review.`,
        ]),
    ...(out === null ? [] : [`Written to ${out}`]),
    ...(sent === null ? [] : [`Sent to ${topic}: ${countOf(sent.sent, 'request')}`]),
  ]
}
