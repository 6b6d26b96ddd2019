import { Command, InvalidArgumentError } from 'commander'
import type { RecordingPlace } from '../../app/stores.ts'
import { type WatchedLedger, watchLedger } from '../../app/watch/watch.ts'
import type { WebhookSettings } from '../../app/watch/webhook.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { readNamed } from '../files.ts'
import { helpNotes } from '../help-notes.ts'
import { addKafkaOptions, endSoon, type KafkaOptions, kafkaSettings } from '../kafka-options.ts'
import {
  acceptClockOption,
  CliError,
  dataOption,
  exitCodes,
  jsonOption,
  ledgerOption,
  noteLine,
  printJsonLine,
  printLine,
} from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { signalExitCodes, stopBySignal } from '../signals.ts'
import { format } from '../table.ts'
import { holdRequestedJson, holdRequestedLine, raisedJson, raisedLine } from './lines.ts'

type Options = Omit<RecordingPlace, 'clock'> &
  Omit<KafkaOptions, 'brokers'> & {
    readonly brokers?: ReadonlyArray<string>
    readonly untilEnd?: boolean
    readonly hold?: boolean
    readonly webhook?: URL
    readonly webhookSecretFile?: string
    readonly webhookLink?: string
    readonly webhookAllowPrivate?: boolean
    readonly json?: boolean
  }

export const watchCommand = (): Command =>
  addKafkaOptions(
    new Command('watch').description(
      'Follows a ledger, records the alarms that sound and the tripwires that are set off, opens incidents for them, and ' +
        'tells people: on standard output, with a webhook, and in Kafka topics. Ctrl-C or SIGTERM stops it; it goes on where ' +
        'it ended, and records nothing twice.',
    ),
    'optional',
  )
    .option('--until-end', 'stop once everything that is in the ledger is looked at')
    .option('--hold', 'ask services not to act on what an alarm suspects, until a person lifts the hold')
    .option('--webhook <url>', 'send each alarm there, until it is accepted', urlArgument)
    .option('--webhook-secret-file <file>', 'the secret that signs what is sent')
    .option('--webhook-link <url>', 'where an alarm can be looked at; its id is appended')
    .option('--webhook-allow-private', 'send it to an address of a private network, too')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
On first start, what the ledger would have raised so far is listed, and neither recorded nor sent. --json prints one JSON object a line. How a webhook is signed: docs/alarm.md.

With --brokers, alarms go to the topic redress.alarms, decisions to audit to redress.audits, and holds to redress.holds: each once for a consumer that reads only what is committed. How far each topic is, is kept in redress.cursors. Missing topics are created. Brokers that are down are waited for, and nothing else waits for them.

Run one for a ledger. Two record nothing twice, but tell people twice; to topics only the one that started last sends.

Exit code: 0 done, or stopped by a signal; 2 failed, or not everything was sent to topics (--until-end); 130 or 143 stopped by a signal before the end (--until-end).

Examples:
  redress watch
  redress watch --json --webhook https://pager.example/redress --webhook-secret-file secret.txt
  redress watch --brokers kafka-1:9093,kafka-2:9093 --tls --sasl scram-sha-512 --username redress`),
    )
    .action(async (options: Options) => {
      const { data, ledger, acceptClock, untilEnd = false, hold = false, json = false } = options
      const webhook = await webhookSettings(options)
      const { brokers } = options
      const kafka = brokers === undefined ? null : kafkaSettings({ ...options, brokers })
      const stop = stopBySignal()
      const progress = startProgress('Reading the ledger', 1, 'events')
      const done = await watchLedger({
        ...{ data, ledger, acceptClock, clock: Date.now, untilEnd, hold, webhook, kafka },
        signal: stop.signal,
        onOpen: stop.listen,
        watch: {
          onHistory: (raised) => {
            progress.stop()
            if (!json && raised.length > 0) {
              printLine('What would have been raised before alarms were recorded (not recorded, not sent):')
            }
            for (const alarm of raised) {
              if (json) printJsonLine(raisedJson(alarm, 'history'))
              else printLine(raisedLine(alarm))
            }
          },
          onAlarm: (alarm) => {
            progress.stop()
            if (json) printJsonLine(raisedJson(alarm, 'recorded'))
            else printLine(raisedLine(alarm))
          },
          onHold: (hold) => {
            if (json) printJsonLine(holdRequestedJson(hold))
            else printLine(holdRequestedLine(hold))
          },
          onRead: (sequence, head) => {
            if (sequence < head) progress.update(sequence, head)
            else progress.stop()
          },
          onRemark: (message) => noteLine(`redress: warning: ${message}`),
        },
      }).finally(progress.stop)
      if (kafka !== null) endSoon()
      const { failure, ...so } = resultOrFail(done)
      const signal = stop.came()
      if (untilEnd && signal !== null) process.exitCode = signalExitCodes[signal]
      if (json) printJsonLine({ ...so, stoppedBy: signal })
      else printLine(soFar(so))
      if (untilEnd && failure !== null) throw new CliError(`not everything was sent to topics: ${failure}`)
    })

const soFar = ({ sequence, raised, told, unsent, sent }: Omit<WatchedLedger, 'failure'>): string =>
  `Up to sequence ${format(sequence)}: ${countOf(raised, 'alarm')} recorded, ${format(told)} told` +
  (unsent > 0 ? `, ${format(unsent)} still to be sent` : '') +
  (sent === null ? '' : `; ${countOf(sent, 'message')} sent to topics`)

function urlArgument(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError('Give a URL such as https://pager.example/redress.')
  }
  return url
}

const webhookSettings = async (options: Options): Promise<WebhookSettings | null> => {
  const { webhook: url, webhookSecretFile: file, webhookLink = null, webhookAllowPrivate = false } = options
  if (url === undefined) {
    if (file === undefined && webhookLink === null && !webhookAllowPrivate) return null
    throw new CliError('--webhook-... options require --webhook', exitCodes.usage)
  }
  if (file === undefined) throw new CliError('--webhook requires --webhook-secret-file', exitCodes.usage)
  const secret = (await readNamed(file)).trim()
  if (secret.length < SHORTEST_SECRET) {
    throw new CliError(`the secret in ${file} is too short: use ${SHORTEST_SECRET} characters or more`)
  }
  return { url, secret, link: webhookLink, allowPrivate: webhookAllowPrivate }
}

const SHORTEST_SECRET = 16
