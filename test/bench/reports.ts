import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Measured, measured } from './measure.ts'

/** What a transparency report of each style takes, start to end in its own process. */
export type ReportFigures = {
  readonly dsa: Measured
  readonly platform: Measured
  /** A restatement of the report of half the ledger: the most explaining there can be. */
  readonly restate: Measured
}

/** Makes the reports of a data folder that is projected up to `sequence`, for a period that covers all of it. */
export const benchReports = (data: string, sequence: number): ReportFigures => {
  const dir = mkdtempSync(join(tmpdir(), 'redress-bench-reports-'))
  const report = (style: string, out: string, ...more: ReadonlyArray<string>): Measured =>
    measured(
      ...['report', 'transparency', '--data', data, '--style', style, '--out', join(dir, out)],
      ...['--from', '2000-01-01', '--to', '2100-01-01', ...more],
    )
  try {
    const dsa = report('dsa', 'dsa.html')
    const platform = report('platform', 'platform.html')
    report('dsa', 'half.json', '--at', String(Math.floor(sequence / 2)))
    const out = join(dir, 'restatement.json')
    return {
      dsa,
      platform,
      restate: measured('report', 'restate', join(dir, 'half.json'), '--data', data, '--out', out),
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
}
