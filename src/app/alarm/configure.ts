import * as E from '#fp/Either'
import { Line } from '../../domain/ids.ts'
import { streamOf } from '../../domain/stream.ts'
import { type AlarmParameters, parametersDocument } from '../../incidents/alarm/parameters.ts'
import type { Ledger } from '../../ledger/port.ts'
import { readDecoded } from '../../ledger/read.ts'
import { type AppError, invalid } from '../error.ts'
import { recordAct } from '../record-act.ts'
import { ledgerResult } from '../results.ts'
import { openToAdd, type RecordingPlace } from '../stores.ts'

/** The parameters in force, from this call or an earlier one. */
export type AlarmsConfigured = {
  readonly kind: 'configured' | 'unchanged'
  readonly parametersSha256: string
}

export type ConfigureOptions = RecordingPlace & {
  readonly parameters: AlarmParameters
  /** Who sets them. */
  readonly by: string
}

/** Sets the parameters of alarms; from then on, alarms are recorded. */
export const configureAlarms = async ({
  parameters,
  by,
  ...place
}: ConfigureOptions): Promise<E.Either<AppError, AlarmsConfigured>> => {
  if (!Line.is(by)) return invalid(`the name must be ${Line.name}`, 'by')
  const opened = await openToAdd(place)
  if (E.isLeft(opened)) return opened
  const { ledger, close } = opened.right
  return recordParameters(ledger, { parameters, by, clock: place.clock }).finally(close)
}

/** Records parameters, unless they are those in force. */
export const recordParameters = async (
  ledger: Ledger,
  { parameters, by, clock }: Pick<ConfigureOptions, 'parameters' | 'by' | 'clock'>,
): Promise<E.Either<AppError, AlarmsConfigured>> => {
  const stream = streamOf({ type: 'alarm.configured.v1', subject: '' })
  const document = parametersDocument(parameters)
  const parametersSha256 = document.sha256
  let expectedRevision = -1
  let inForce: string | null = null
  for await (const page of readDecoded(ledger, ledger.readStream(stream))) {
    if (E.isLeft(page)) return ledgerResult(page)
    for (const { recorded, event } of page.right) {
      if (event.type !== 'alarm.configured.v1') continue
      expectedRevision = recorded.revision
      inForce = event.data.parametersSha256
    }
  }
  if (inForce === parametersSha256) return E.right({ kind: 'unchanged', parametersSha256 })
  const data = { parametersSha256, by }
  const act = {
    type: 'alarm.configured.v1',
    stream,
    expectedRevision,
    subject: stream,
    data,
    document,
  } as const
  return E.map((): AlarmsConfigured => ({ kind: 'configured', parametersSha256 }))(
    await recordAct(ledger, act, clock),
  )
}
