import { startTally } from '../../../src/reports/transparency/figures.ts'
import { reportOf } from '../../../src/reports/transparency/report.ts'
import { styles } from '../../../src/reports/transparency/styles/index.ts'

const period = { from: Date.UTC(2025, 2, 1), to: Date.UTC(2025, 3, 1) }

/** The report of an empty ledger. */
export const emptyReport = reportOf(styles.dsa, period, 0, [], startTally(styles.dsa.sections))
