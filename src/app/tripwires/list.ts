import { tripwiresOver } from '../../incidents/tripwires/over-ledger.ts'
import { overHistory } from '../history.ts'

/** Lists the tripwires that the first events of a ledger set off. */
export const listTripwires = overHistory(tripwiresOver)
