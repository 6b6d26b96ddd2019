import { type Command, Option } from 'commander'
import type { RecordingPlace } from '../app/stores.ts'
import { acceptClockOption, dataOption, jsonOption, ledgerOption } from './output.ts'

/** The options of a command that records what a person does. */
export type ActOptions = Omit<RecordingPlace, 'clock'> & { readonly by: string; readonly json?: boolean }

/** Adds them. `does`: what the person does, such as "who lifts it". */
export const addActOptions = (command: Command, does: string): Command =>
  command
    .addOption(new Option('--by <name>', does).env('REDRESS_BY').makeOptionMandatory())
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(acceptClockOption())
    .addOption(jsonOption())

/** Where it is recorded, and by whom. */
export const actOf = ({
  data,
  ledger,
  acceptClock,
  by,
}: ActOptions): RecordingPlace & { readonly by: string } => ({
  ...{ data, ledger, acceptClock, clock: Date.now },
  by,
})
