import type { LedgerPlace } from '../../app/stores.ts'
import * as stores from '../../app/stores.ts'
import type { AcceptClock } from '../output.ts'
import { resultOrFail } from '../result.ts'

/** Opens a ledger and the dead letters of its data folder, making what is missing. */
export const openStoresOrFail = async (place: LedgerPlace & AcceptClock): Promise<stores.Stores> =>
  resultOrFail(await stores.openStores({ ...place, clock: Date.now }))
