import { Option } from 'commander'

/** `--by NAME`, on every command that records what a person does. `does`: such as "who lifts it". */
export const byOption = (does: string): Option =>
  new Option('--by <name>', does).env('REDRESS_BY').makeOptionMandatory()
