import type { SweepReport } from '../../../src/replay/sweep/report.ts'

const classes = {
  wrongful: 0,
  unexplained_wrongful: 0,
  excessive: 0,
  lenient: 1,
  upheld: 0,
  unexplained_upheld: 0,
  indeterminate: 0,
  unreproducible: 0,
  missed: 0,
}

/** A small sweep. */
export const report: SweepReport = {
  ruleset: { id: 'guidelines', version: 'v1', sha256: 'ab'.repeat(32) },
  rule: 'a',
  comparison: 'signals.score >=',
  engine: 'columnar',
  sequence: 1_234,
  end: '2025-05-13T00:00:00.000Z',
  window: { from: null, to: null },
  decisions: 2_001,
  leftOut: { accounts: [], streams: [] },
  steps: [
    { threshold: '0.85', isCurrent: false, classes: { ...classes, upheld: 2_000, missed: 3 } },
    { threshold: '0.90', isCurrent: true, classes: { ...classes, upheld: 1_990, wrongful: 10, missed: 1 } },
    { threshold: '0.95', isCurrent: false, classes: { ...classes, upheld: 1_500, wrongful: 500 } },
  ],
}
