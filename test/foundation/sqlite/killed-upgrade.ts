import { openDatabase } from '../../../src/foundation/sqlite/database.ts'
import { kindKilledAfter } from './upgraded-kind.ts'

/** Opens the file PATH, and is killed after so many of its upgrade's steps. */
const [path = '', steps] = process.argv.slice(2)
openDatabase(path, kindKilledAfter(Number(steps)))
