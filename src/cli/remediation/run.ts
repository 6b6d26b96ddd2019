import { Command, InvalidArgumentError, Option } from 'commander'
import { type Ran, runRemediation, type WaitingFor } from '../../app/remediation/run/run.ts'
import type { StartedWave } from '../../app/remediation/run/start-wave.ts'
import { minute } from '../../domain/definition/story.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import type { Engine } from '../../replay/result/summary.ts'
import { DURATION_NAME, parseDuration } from '../../rulesets/duration.ts'
import { type ActOptions, actOf, addActOptions } from '../act-options.ts'
import { helpNotes } from '../help-notes.ts'
import { noteLine, printJsonLine, printLine } from '../output.ts'
import { startProgress } from '../progress.ts'
import { engineOption } from '../replay/engine.ts'
import { watchReading } from '../replay/loading.ts'
import { resultOrUsage } from '../result.ts'
import { stopBySignal } from '../signals.ts'
import { format } from '../table.ts'

type Options = ActOptions & { readonly soak: number; readonly once?: boolean; readonly engine: Engine }

export const remediationRunCommand = (): Command =>
  addActOptions(
    new Command('run')
      .summary('carry out an approved plan')
      .description(
        'Asks services for what an approved plan says, one wave after the other, until everything is answered. Before each wave its ' +
          'rows are judged again: what was settled elsewhere, or is judged otherwise now, is not asked for. Ctrl-C or SIGTERM stops ' +
          'it; started again it goes on, and asks for nothing twice.',
      )
      .argument('<remediation>', 'the remediation')
      .addOption(
        new Option('--soak <duration>', 'how long it waits once enough of a wave is settled')
          .argParser(soakArgument)
          .default(parseDuration('2h'), '2h'),
      )
      .option('--once', 'do what is due now, and end')
      .addOption(engineOption()),
    'who carries it out',
  )
    .addHelpText(
      'after',
      helpNotes(`
The next wave starts when 95 % of the requests of the last one are settled, or all but one of fewer than 20, and --soak has passed by the ledger's clock. Settled means carried out, or declined because the account or the content is gone. It is completed when every request of all waves was answered.

Nothing stops it by itself: it does not notice that people are banned again or that services are late. Watch it, and use redress remediation pause or cancel, which take effect within 100 requests.

What is asked for is recorded in the ledger; redress dispatch sends it to services. --json prints one JSON object a line.

Exit code: 0 completed, cancelled, stopped by a signal, or nothing is due (--once); 1 refused by a rule; 2 failed.

Examples:
  redress remediation run 3b1f9ac04d52-1 --by ana
  redress remediation run 3b1f9ac04d52-1 --soak 30m --once --by ana`),
    )
    .action(run)

function soakArgument(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError(`Give ${DURATION_NAME}.`)
  return ms
}

const run = async (remediationId: string, options: Options): Promise<void> => {
  const { soak, once = false, engine, json = false } = options
  const stop = stopBySignal()
  let reading: ReturnType<typeof watchReading> | null = null
  let asking: ReturnType<typeof startProgress> | null = null
  const endBars = (): void => {
    reading?.stop()
    asking?.stop()
    reading = null
    asking = null
  }
  const ran = await runRemediation({
    ...actOf(options),
    ...{ remediationId, soak, once, engine, signal: stop.signal },
    onOpen: stop.listen,
    onProgress: (done, total) => {
      reading ??= watchReading('Judging again')
      reading.onProgress(done, total)
    },
    onRead: (cut) => {
      reading ??= watchReading('Judging again')
      reading.onRead(cut)
      reading = null
    },
    onStep: () => {},
    onReference: (reason) => noteLine(`redress: reading the ledger: ${reason}`),
    onWave: (started) => {
      endBars()
      if (json) printJsonLine({ kind: 'wave', ...started })
      else printLine(waveLine(started))
    },
    onAsked: (done, total) => {
      asking ??= startProgress('Asking', total, 'requests')
      asking.update(done)
    },
    onWaiting: (waiting) => {
      endBars()
      if (json) printJsonLine(waitingJson(waiting))
      else printLine(waitingLine(waiting))
    },
    onRemark: (message) => noteLine(`redress: warning: ${message}`),
  }).finally(endBars)
  const so = resultOrUsage(ran)
  if (json) printJsonLine({ kind: 'end', ...so })
  else printLine(ranLine(so))
}

const waveLine = ({ wave, accounts, requests, settledElsewhere, kept }: StartedWave): string =>
  `Wave ${format(wave)}: ${countOf(requests, 'request')} for ${countOf(accounts, 'account')}; ` +
  `${countOf(settledElsewhere, 'row')} settled elsewhere, ${format(kept)} kept for another plan`

const waitingLine = (waiting: WaitingFor): string => {
  if (waiting.kind === 'paused') {
    return `Paused by ${waiting.by}${waiting.reason === null ? '' : `: ${waiting.reason}`}`
  }
  const { wave, requests, settled, needed, nextAt } = waiting
  const next = nextAt === null ? `${format(needed)} needed` : `the next wave starts at ${minute(nextAt)}`
  return `Wave ${format(wave)}: ${format(settled)} of ${countOf(requests, 'request')} settled; ${next}`
}

const waitingJson = (waiting: WaitingFor) =>
  waiting.kind === 'paused'
    ? waiting
    : { ...waiting, nextAt: waiting.nextAt === null ? null : new Date(waiting.nextAt).toISOString() }

const states = {
  completed: 'is completed',
  cancelled: 'is cancelled',
  paused: 'is paused',
  waiting: 'waits for services, or for its time',
  stopped: 'was stopped; run it again to go on',
} as const

const ranLine = ({ remediationId, state, wave, requested, withdrawn, owed }: Ran): string =>
  `Remediation ${remediationId} ${states[state]}. Wave ${format(wave)}: ${countOf(requested, 'request')} recorded` +
  `${withdrawn === 0 ? '' : `, ${format(withdrawn)} withdrawn`}, ${format(owed)} not answered`
