/** The files of a data folder that the ledger owns: its events or, for a cluster, an index of sequences. */
export const dataFiles = {
  ledger: 'ledger.db',
  vault: 'vault.db',
  keys: 'keys.db',
  sequence: 'sequence.db',
} as const
