import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { firstHold } from '../hostile/calls.ts'
import type { ExtremePlace } from './place.ts'

type Arguments = ReadonlyArray<string>

const EVER = ['--from', '0000-01-01', '--to', '9999-12-31T23:59:59.999Z']
const MOMENTS = ['0000-01-01', '1677-09-21', '2025-05-01T00:10:00Z', '9999-12-31T23:59:59.999Z']

/** Each command that reads or writes events, as it is called on the extreme ledger, in the order of the calls. */
export const calls: Readonly<Record<string, (place: ExtremePlace) => ReadonlyArray<Arguments>>> = {
  'events check': ({ ndjson }) => [[ndjson]],
  ingest: ({ ndjson, data }) => [[ndjson, '--data', data]],
  'ruleset publish': ({ ruleset, data }) => [[ruleset, '--effective-from', '9999-12-31', '--data', data]],
  'ruleset rehearse': ({ ruleset, data }) => [[ruleset, '--over', '100000d', '--data', data]],
  'ruleset impact': ({ ruleset, data }) => [[ruleset, '--since', '0000-01-01', '--data', data]],
  'ruleset list': ({ data }) => [['--data', data]],
  tripwires: ({ data }) => [['--data', data]],
  'alarm list': ({ data }) => [['--data', data]],
  watch: ({ data }) => [['--until-end', '--data', data]],
  'hold request': ({ data }) => [['--rule', 'r', '--by', 'ana', '--reason', 'it is wrong', '--data', data]],
  'hold list': ({ data }) => [['--all', '--data', data]],
  'hold lift': ({ data }) => [[firstHold, '--by', 'ana', '--reason', 'it is right', '--data', data]],
  'incident open': ({ data }) => [
    ['--title', 'it is wrong', '--suspect', 'rule=r@1', '--by', 'ana', '--data', data],
  ],
  project: ({ data }) => [['--data', data]],
  'incident list': ({ data }) => [['--all', '--data', data]],
  'audit list': ({ data }) => [['--data', data]],
  'remediation requests': ({ data }) => [['--data', data]],
  account: ({ accounts, stories, data }) => [
    ...accounts.map((account) => [account, '--data', data]),
    ...MOMENTS.flatMap((time) =>
      ['--as-of', '--happened-by'].map((by) => [stories[0] ?? '', by, time, '--data', data]),
    ),
  ],
  statement: ({ decisions, data }) =>
    decisions.map(({ decisionId, account }) => [decisionId, '--account', account, '--data', data]),
  explain: ({ decisions, ruleset, data }) =>
    decisions.slice(-2).map(({ decisionId }) => [decisionId, '--ruleset', ruleset, '--data', data]),
  query: ({ data }) => reads.map((sql) => [sql, '--data', data]),
  'export parquet': ({ at, data }) => [[at('parquet'), '--overwrite', '--data', data]],
  'export statements': ({ at, mapping, data }) => [[at('statements'), '--mapping', mapping, '--data', data]],
  'report health': ({ data }) => MOMENTS.map((time) => ['--as-of', time, '--data', data]),
  'report transparency': ({ at, data }) => [
    ...['dsa', 'platform'].map((style) => [...EVER, '--style', style, '--data', data]),
    ...['html', 'md', 'csv', 'json'].map((ending) => [
      ...[...EVER, '--out', at(`report.${ending}`), '--data', data],
    ]),
  ],
  'report restate': ({ at, data }) => [[at('report.json'), '--data', data]],
  replay: ({ at, ruleset, data }) => [
    ['--ruleset', ruleset, ...EVER, '--out', at('replayed'), '--data', data],
    ['--ruleset', ruleset, ...EVER, '--engine', 'reference', '--out', at('replayed'), '--data', data],
    ...['columnar', 'reference'].map((engine) => [
      ...['--sweep', `${'y'.repeat(200)}: signals.Free > -1..9999999999999 step 999999999999`],
      ...['--ruleset', ruleset, ...EVER, '--engine', engine, '--out', at('swept'), '--data', data],
    ]),
  ],
  'remediation plan': ({ ruleset, data }) => [
    ['--incident', incidentIn(data), '--ruleset', ruleset, '--by', 'ana', '--data', data],
  ],
  'remediation show': ({ data }) => [[`${incidentIn(data)}-1`, '--data', data]],
  'remediation review': ({ data }) => [[`${incidentIn(data)}-1`, '--data', data]],
  'remediation sample': ({ data }) => [[`${incidentIn(data)}-1`, '--by', 'bo', '--data', data]],
  'correction check': ({ correction, data }) => [[correction, '--data', data]],
  'correction rescore-list': ({ at, correction, data }) => [
    [correction, ...EVER, '--out', at('requests.ndjson'), '--data', data],
  ],
  backup: ({ at, data }) => [[at('backup'), '--keys', at('keys'), '--data', data]],
  // Of the backup, for a ledger that was copied is out of use.
  copy: ({ at, cluster }) => [['--from', at('backup'), '--to', cluster]],
}

/** The incident that was opened. */
const incidentIn = (data: string): string => {
  const main = join(import.meta.dirname, '../../../src/cli/main.ts')
  const list = ['incident', 'list', '--all', '--json', '--data', data]
  const { stdout } = spawnSync(process.execPath, [main, ...list], { encoding: 'utf8' })
  return JSON.parse(stdout).incidents[0].incidentId
}

const TEXT: ReadonlyArray<Arguments> = [[]]
const BOTH: ReadonlyArray<Arguments> = [[], ['--json']]
const FORMS: Readonly<Record<string, ReadonlyArray<Arguments>>> = {
  // Their target must be empty.
  backup: TEXT,
  copy: TEXT,
  // They are many, or write the other forms themselves.
  account: TEXT,
  'report transparency': TEXT,
  // Each is a process.
  query: [['--json']],
}

/** The forms in which a command is asked to answer. */
export const formsOf = (name: string): ReadonlyArray<Arguments> => FORMS[name] ?? BOTH

const TABLES = [
  'accounts',
  'decisions',
  'appeals',
  'rule_health',
  'unanswered_appeals',
  'rescorings',
  'incidents',
  'remediations',
  'requests',
]
const TIMES: Readonly<Record<string, ReadonlyArray<string>>> = {
  events: ['occurred_at', 'recorded_at', 'until', 'effective_from'],
  accounts: ['first_at', 'last_at', 'suspended_until'],
  decisions: ['made_at', 'until', 'overturned_at'],
  appeals: ['filed_at', 'decided_at'],
  incidents: ['opened_at', 'closed_at'],
  remediations: ['planned_at', 'approved_at', 'last_wave_at', 'paused_at', 'ended_at'],
  requests: ['decided_at', 'requested_at', 'carried_out_at', 'told_at', 'declined_at', 'withdrawn_at'],
}

/** What is done with a time in SQL. */
const timeParts = (time: string): string =>
  `strftime(${time}, '%c %f %G-%V'), date_trunc('week', ${time}), ${time}::DATE, dayname(${time}), epoch_ms(${time}),
    ${time} - INTERVAL 30 DAY, ${time} + INTERVAL 1 MONTH`

/** What analysts ask. */
const reads: ReadonlyArray<string> = [
  'DESCRIBE events',
  'SUMMARIZE decisions',
  ...['events', ...TABLES].map((table) => `FROM ${table}`),
  ...Object.entries(TIMES).map(([table, times]) => `SELECT ${times.map(timeParts).join(', ')} FROM ${table}`),
  ...['0000-01-01', '2025-06-01', '9999-12-31'].flatMap((time) => [
    `FROM accounts_at('${time}')`,
    `FROM appeals_at('${time}', 30)`,
    `FROM requests_at('${time}')`,
  ]),
  `FROM appeals_at('9999-12-31', 0.5)`,
  `FROM appeals_at('9999-12-31', 10_000_000)`,
]

/**
 * What a command of `calls` need not be called for: it reads no event of the ledger, or what was refused, or a topic, or only
 * what was opened by hand.
 */
export const others: ReadonlyArray<string> = [
  ...['alarm configure', 'consume', 'demo', 'dispatch', 'simulate', 'ruleset check', 'ruleset diff'],
  ...['list', 'show', 'resubmit', 'purge'].map((name) => `dead-letters ${name}`),
  ...['list', 'schema', 'sample'].map((name) => `events ${name}`),
  ...['close', 'note', 'show'].map((name) => `incident ${name}`),
  ...['approve', 'run', 'pause', 'resume', 'cancel'].map((name) => `remediation ${name}`),
]
