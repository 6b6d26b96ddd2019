import { Command } from 'commander'
import * as E from '#fp/Either'
import type { LedgerPlace } from '../../app/stores.ts'
import { streamOf } from '../../domain/stream.ts'
import { instantOf } from '../../domain/time.ts'
import { openExisting } from '../../ledger/open.ts'
import { describeLedgerError } from '../../ledger/port.ts'
import {
  byForce,
  byPlace,
  type PublishedRuleset,
  readPublications,
  type SequencedPublication,
  withSequences,
} from '../../ledger/rulesets.ts'
import { CliError, dataOption, jsonOption, ledgerOption, printJson, printLine } from '../output.ts'
import { type TableColumn, table } from '../table.ts'

/** A version as the ledger knows it. */
type Listed = {
  readonly id: string
  readonly version: string
  readonly sha256: string
  readonly effectiveFrom: string
  /** In force, the latest to come, or superseded by a later one; `ignored` where the version was published before. */
  readonly state: 'in force' | 'to come' | 'superseded' | 'ignored'
  readonly publishedAt: string
  readonly recordedAt: string
  readonly sequence: number
}

export const rulesetListCommand = (): Command =>
  new Command('list')
    .summary('list the rulesets that the ledger knows')
    .description(
      'Lists the published versions of each ruleset by when they took force, with the hashes of their documents. ' +
        'Without an id the whole ledger is read through.',
    )
    .argument('[id]', 'only this ruleset')
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress ruleset list community-guidelines')
    .action(async (id: string | undefined, options: LedgerPlace & { readonly json?: boolean }) => {
      const listed = list(await load(options, id), Date.now())
      if (options.json === true) return printJson(listed)
      if (listed.length === 0)
        return printLine(id === undefined ? 'No ruleset is published.' : `No ${id} is published.`)
      for (const line of table(columns, listed)) printLine(line)
    })

const load = async (
  { data, ledger: cluster }: LedgerPlace,
  id: string | undefined,
): Promise<ReadonlyArray<SequencedPublication>> => {
  const opened = await openExisting(data, { cluster })()
  if (E.isLeft(opened)) throw new CliError(describeLedgerError(opened.left))
  const { ledger, close } = opened.right
  try {
    const pages =
      id === undefined
        ? ledger.readAll(null)
        : ledger.readStream(streamOf({ type: 'ruleset.published.v1', subject: id }))
    const read = await readPublications(ledger, pages)
    const sequenced = E.isLeft(read) ? read : await withSequences(ledger, read.right)
    if (E.isLeft(sequenced)) throw new CliError(describeLedgerError(sequenced.left))
    return sequenced.right
  } finally {
    await close()
  }
}

/** What the list says of each publication at the instant `now` (ms). */
export const list = (
  publications: ReadonlyArray<SequencedPublication>,
  now: number,
): ReadonlyArray<Listed> => {
  const firsts = new Set(firstOfEach(publications))
  const ordered = [...publications].sort(byForce)
  const inForce = new Map<string, PublishedRuleset>()
  for (const publication of ordered) {
    const { subject, data } = publication.event
    if (firsts.has(publication) && instantOf(data.effectiveFrom) <= now) inForce.set(subject, publication)
  }
  return ordered.map((publication) => {
    const { event, sequence } = publication
    const state = !firsts.has(publication)
      ? 'ignored'
      : inForce.get(event.subject) === publication
        ? 'in force'
        : instantOf(event.data.effectiveFrom) > now
          ? 'to come'
          : 'superseded'
    return {
      id: event.data.ruleset.id,
      version: event.data.ruleset.version,
      sha256: event.data.documentSha256,
      effectiveFrom: event.data.effectiveFrom,
      state,
      publishedAt: event.time,
      recordedAt: event.recordedat,
      sequence,
    }
  })
}

/** Of several publications of one version the first in the order of replay counts. */
const firstOfEach = (publications: ReadonlyArray<PublishedRuleset>): Iterable<PublishedRuleset> => {
  const first = new Map<string, PublishedRuleset>()
  for (const publication of [...publications].sort(byPlace)) {
    const { id, version } = publication.event.data.ruleset
    const key = `${id} ${version}`
    if (!first.has(key)) first.set(key, publication)
  }
  return first.values()
}

const columns: ReadonlyArray<TableColumn<Listed>> = [
  { title: 'ruleset', cell: ({ id }) => id },
  { title: 'version', cell: ({ version }) => version },
  { title: 'in force from', cell: ({ effectiveFrom }) => effectiveFrom },
  { title: 'state', cell: ({ state }) => state },
  { title: 'published', cell: ({ publishedAt }) => publishedAt },
  { title: 'sha256', cell: ({ sha256 }) => sha256 },
]
