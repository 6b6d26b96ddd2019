import type { CelInput } from '@bufbuild/cel'
import { DetectorKind, FlagSource, type SignalValue } from '../../domain/parts.ts'
import type { Evidence, SignalType } from '../ruleset.ts'
import { type ConditionScope, type Field, namesBelow, type Root } from './scope.ts'

const text: Field = { type: 'string', optional: false }
const ofContent: Field = { type: 'string', optional: true }

const DETECTOR = {
  fields: new Map([
    ['kind', { ...text, words: DetectorKind }],
    ['id', text],
    ['version', text],
  ]),
}
const FLAG = {
  fields: new Map([
    ['category', text],
    ['source', { ...text, words: FlagSource }],
  ]),
}
const CONTENT = {
  fields: new Map([
    ['id', ofContent],
    ['kind', ofContent],
  ]),
}
const DECLARED = { noun: 'signal', hint: 'declare it under `signals`' }
const NO_SIGNALS = { noun: 'signal', hint: 'the document declares no signals' }

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['_%_', 'there is no remainder; record it as a signal'],
  ['_[_]', 'signals are plain values: signals.NAME'],
  ['has', 'has() takes signals.NAME, content.id or content.kind'],
  ['null', 'use has(signals.NAME)'],
  ['size', 'record the length as a signal'],
  ['int', 'declare the signal as int'],
  ['double', 'declare the signal as double'],
  ['string', 'declare the signal as string'],
])

/** What conditions over recorded evidence read: declared signals, the detector, the flag and its content. */
export const evidenceScope = (signals: ReadonlyMap<string, SignalType>): ConditionScope<Evidence> => ({
  roots: new Map<string, Root>([
    [
      'signals',
      {
        fields: new Map([...signals].map(([name, type]) => [name, { type, optional: true }])),
        declared: signals.size === 0 ? NO_SIGNALS : DECLARED,
      },
    ],
    ['detector', DETECTOR],
    ['flag', FLAG],
    ['content', CONTENT],
  ]),
  instead: INSTEAD,
  binder: ({ values, presences }, missing) => {
    const typed = (name: string) => ({ name, key: `signals.${name}`, type: signals.get(name) ?? 'string' })
    const signalsRead = namesBelow('signals', values).map(typed)
    const signalsAsked = namesBelow('signals', presences).map(typed)
    const contentAsked = namesBelow('content', presences)
    const readsDetector = namesBelow('detector', values).length > 0
    const readsFlag = namesBelow('flag', values).length > 0
    const readsContent = namesBelow('content', values).length > 0
    return ({ signals: recorded, detector, flag, content }, variables) => {
      for (const { name, key, type } of signalsRead) variables[key] = fitted(recorded[name], type) ?? missing
      if (signalsAsked.length > 0) {
        const present = new Map<string, boolean>()
        for (const { name, type } of signalsAsked) {
          if (fitsSignal(recorded[name], type)) present.set(name, true)
        }
        variables.signals = present
      }
      if (readsDetector) {
        variables['detector.kind'] = detector.kind
        variables['detector.id'] = detector.id
        variables['detector.version'] = detector.version
      }
      if (readsFlag) {
        variables['flag.category'] = flag.category
        variables['flag.source'] = flag.source
      }
      if (readsContent) {
        variables['content.id'] = content?.id ?? missing
        variables['content.kind'] = content?.kind ?? missing
      }
      if (contentAsked.length > 0) {
        variables.content = new Map(content === null ? [] : contentAsked.map((name) => [name, true]))
      }
    }
  },
})

/** Whether a recorded value fits a declared type: any other is missing. */
export const fitsSignal = (value: SignalValue | undefined, type: SignalType): boolean =>
  fitted(value, type) !== undefined

/** A recorded value as a CEL value of the declared type; undefined if it does not fit. */
const fitted = (value: SignalValue | undefined, type: SignalType): CelInput | undefined => {
  switch (type) {
    case 'double':
      return typeof value === 'number' ? value : undefined
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'string':
      return typeof value === 'string' ? value : undefined
  }
}
