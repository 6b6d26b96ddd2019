import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { listDamaged } from '../../ledger/damaged-stream.ts'
import type { Poison } from '../../projection/fold.ts'
import type { Projected, Watch } from '../../projection/project.ts'
import { noteJson, noteLine } from '../output.ts'
import { type Progress, startProgress } from '../progress.ts'
import { format } from '../table.ts'

type StoppableWatch = Watch & { readonly stop: () => void }

/** A bar for each part of the work: reading the ledger, then folding the accounts that were touched. */
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
      if (rebuilt !== null) print(`Everything is made anew: ${rebuilt}.`)
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

/** A line of JSON on stderr for each thing that happens, for whatever collects logs. */
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

/** One line for people. */
export const describePoison = ({ projection, sequence, event, message }: Poison): string =>
  `${projection} stands still at event ${sequence} (${event}): its fold failed with "${message}". ` +
  'That is a mistake in redress, please report it; with a redress that is mended it goes on by itself.'

/** What a run came to, for people. */
export const projectedLines = (
  { sequence, events, renewed, isStopped, leftOut }: Projected,
  seconds: number,
): ReadonlyArray<string> => {
  if (isStopped)
    return ['Stopped before it was done; what was published before stays. Run it again for the rest.']
  const speed = events > 0 ? ` in ${seconds.toFixed(1)} s` : ''
  return [
    `Projected ${countOf(events, 'event')}${speed}; published as of sequence ${format(sequence)}`,
    ...(leftOut.accounts.length === 0
      ? []
      : [
          `Left out: ${countOf(leftOut.accounts.length, 'account')} whose streams are incomplete (${listDamaged(leftOut.streams)}); ` +
            'no table says anything about them',
        ]),
    ...(renewed.length === 0 ? [] : [`Made anew from the history: ${renewed.join(', ')}`]),
  ]
}
