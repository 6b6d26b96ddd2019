import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { listDamaged } from '../../ledger/damaged-stream.ts'
import type { Poison } from '../../projection/fold.ts'
import type { Projected, Watch } from '../../projection/project.ts'
import { noteJson, noteLine } from '../output.ts'
import { type Progress, startProgress } from '../progress.ts'
import { format } from '../table.ts'

type StoppableWatch = Watch & { readonly stop: () => void }

/** A progress bar for each part of the work: reading the ledger, then folding the accounts with new events. */
export const terminalWatch = (follow: boolean): StoppableWatch => {
  let bar: Progress | null = null
  let label = ''
  let isCatchingUp = true
  const draw = (name: string, done: number, total: number, unit: string): void => {
    if (!isCatchingUp) return
    if (label !== name) {
      bar?.stop()
      bar = startProgress(name, total, unit)
      label = name
    }
    bar?.update(done, total)
  }
  const print = (line: string): void => {
    if (bar === null) noteLine(line)
    else bar.print(line)
  }
  return {
    onBegin: (rebuilt, from, head) => {
      if (rebuilt !== null) print(`Rebuilding everything: ${rebuilt}.`)
      if (from < head) draw('Reading the ledger', from, head, 'events')
    },
    onRead: (sequence, head) => draw('Reading the ledger', sequence, head, 'events'),
    onFold: (done, total) => draw('Folding accounts', done, total, 'accounts'),
    onPoison: (poison) => print(describePoison(poison)),
    onPublish: (sequence) => {
      bar?.stop()
      bar = null
      label = ''
      isCatchingUp = false
      if (follow) print(`${formatInstant(Date.now())} published as of sequence ${format(sequence)}`)
    },
    stop: () => bar?.stop(),
  }
}

/** A line of JSON on stderr for each thing that happens, for log collectors. */
export const jsonWatch = (follow: boolean): StoppableWatch => {
  const write = (event: string, fields: object): void => {
    noteJson({ at: formatInstant(Date.now()), event, ...fields })
  }
  return {
    onBegin: (rebuilt, from, head) => {
      if (follow || rebuilt !== null) write('started', { rebuilt, from, head })
    },
    onRead: () => {},
    onFold: () => {},
    onPoison: (poison) => write('stopped_projection', poison),
    onPublish: (sequence) => {
      if (follow) write('published', { sequence })
    },
    stop: () => {},
  }
}

/** A halted projection, as one line for people. */
export const describePoison = ({ projection, sequence, event, message }: Poison): string =>
  `redress: ${projection} is halted at event ${sequence} (${event}), which it cannot process: "${message}". ` +
  'This is a bug in redress; please report it. It resumes automatically after upgrading to a fixed version.'

/** The result of a run, for people. */
export const projectedLines = (
  { sequence, events, renewed, isStopped, leftOut }: Projected,
  seconds: number,
): ReadonlyArray<string> => {
  if (isStopped)
    return ['Stopped early; the projections published before are unchanged. Run it again to finish.']
  const speed = events > 0 ? ` in ${seconds.toFixed(1)} s` : ''
  return [
    `Projected ${countOf(events, 'event')}${speed}; published as of sequence ${format(sequence)}`,
    ...(leftOut.accounts.length === 0
      ? []
      : [
          `Left out: ${countOf(leftOut.accounts.length, 'account')} whose streams are incomplete (${listDamaged(leftOut.streams)}); ` +
            'no table includes them',
        ]),
    ...(renewed.length === 0 ? [] : [`Rebuilt from the whole history: ${renewed.join(', ')}`]),
  ]
}
