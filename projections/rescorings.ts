import { wordsOfCodec } from '../src/domain/codec.ts'
import { DetectorKind } from '../src/domain/parts.ts'
import { instantOf } from '../src/domain/time.ts'
import { sqlEnum } from '../src/foundation/sql.ts'
import { instant, projection } from './projection.ts'

const detectorKind = sqlEnum(wordsOfCodec(DetectorKind))

/** Each rescoring of a flag, next to what was recorded when the flag was raised. */
export const rescorings = projection({
  name: 'rescorings',
  version: 1,
  about:
    'Each rescoring of a flag (flag.rescored): what a detector found later, next to what was recorded with the flag',
  columns: {
    account: { type: 'VARCHAR', about: 'the account' },
    flag_id: { type: 'VARCHAR', about: 'the flag that was rescored' },
    rescored_at: { type: 'TIMESTAMP', about: 'when the detector looked again' },
    recorded_at: { type: 'TIMESTAMP', about: 'when the ledger recorded that' },
    source: { type: 'VARCHAR', about: 'the service that published it' },
    is_last: {
      type: 'BOOLEAN',
      about:
        'whether it is the last of this flag: a correction reads only the last that it does not withdraw',
    },
    detector_kind: { type: detectorKind, about: 'what kind of detector looked again' },
    detector: { type: 'VARCHAR', about: 'the detector that looked again' },
    detector_version: { type: 'VARCHAR', about: 'the version of that detector' },
    signals: { type: 'JSON', about: 'everything that it found' },
    reason: { type: 'VARCHAR', about: 'why it looked again; null: it does not say' },
    raised_at: { type: 'TIMESTAMP', about: 'when the flag was raised' },
    raised_detector_kind: { type: detectorKind, about: 'what kind of detector raised the flag' },
    raised_detector: { type: 'VARCHAR', about: 'the detector that raised the flag' },
    raised_detector_version: { type: 'VARCHAR', about: 'the version of that detector' },
    raised_signals: { type: 'JSON', about: 'the signals recorded with the flag' },
    category: { type: 'VARCHAR', about: 'what the flag is for' },
    rule: { type: 'VARCHAR', about: 'the rule that the flag names; null: none' },
    ruleset: { type: 'VARCHAR', about: 'the ruleset that the flag names' },
    ruleset_version: { type: 'VARCHAR', about: 'the version that the flag names' },
    voided_at: { type: 'TIMESTAMP', about: 'when the flag became void; null: it is not' },
  },
  // One of a flag that its account does not have counts nowhere, and is among the anomalies.
  fold: ({ account, record }) =>
    record.flags.flatMap((flag) => {
      const { data: raised } = flag.raised
      return flag.rescorings.map(({ time, recordedat, source, data }, i) => ({
        account,
        flag_id: raised.flagId,
        rescored_at: instant(instantOf(time)),
        recorded_at: instant(instantOf(recordedat)),
        source,
        is_last: i === flag.rescorings.length - 1,
        detector_kind: data.detector.kind,
        detector: data.detector.id,
        detector_version: data.detector.version,
        signals: data.signals,
        reason: data.reason ?? null,
        raised_at: instant(flag.at),
        raised_detector_kind: raised.detector.kind,
        raised_detector: raised.detector.id,
        raised_detector_version: raised.detector.version,
        raised_signals: raised.signals,
        category: raised.category,
        rule: raised.rule?.id ?? null,
        ruleset: raised.ruleset?.id ?? null,
        ruleset_version: raised.ruleset?.version ?? null,
        voided_at: instant(flag.voided?.at ?? null),
      }))
    }),
  views: [],
})
