import { alarmsOver } from '../../incidents/alarm/over-ledger.ts'
import { overHistory } from '../history.ts'

/** Lists the alarms that the first events of a ledger would have sounded. */
export const listAlarms = overHistory(alarmsOver)
