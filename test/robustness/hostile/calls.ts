import { readFileSync, writeFileSync } from 'node:fs'
import { actId } from '../../../src/app/record-act.ts'
import { HOLDS } from '../../../src/ledger/holds.ts'
import { leastAccounts } from '../../../src/simulation/population.ts'
import { foundRuleset, type Place } from './place.ts'
import { redress } from './run.ts'
import { hostileArgument, hostileTexts } from './texts.ts'

/** The id of the first hold of a ledger. */
export const firstHold = actId({
  ...{ type: 'hold.requested.v1', stream: HOLDS, expectedRevision: -1 },
} as const).slice(0, 12)

type Arguments = ReadonlyArray<string>

/** What each command is called with on the hostile ledger, formats and `--json` apart; in the order of the calls. */
export const calls: Readonly<
  Record<string, (place: Place) => ReadonlyArray<Arguments> | Promise<ReadonlyArray<Arguments>>>
> = {
  'events check': ({ ndjson }) => [[ndjson]],
  'events list': () => [[]],
  'events sample': () => [['flag.raised.v1'], [hostileArgument]],
  'events schema': () => [['flag.raised.v1'], [hostileArgument]],
  ingest: ({ data, ndjson }) => [[ndjson, '--data', data]],
  // Before it is published: what is in force is not rehearsed.
  'ruleset rehearse': ({ data, ruleset, brokenRuleset }) => [
    [ruleset, '--data', data, '--over', '100000d'],
    [ruleset, '--data', data, '--over', '100000d', '--format', 'md'],
    [ruleset, '--data', data, '--against', hostileArgument],
    [brokenRuleset, '--data', data, '--expect', `${hostileArgument}=+1%`],
  ],
  'ruleset impact': ({ data, ruleset, brokenRuleset }) => [
    [ruleset, '--since', '2025-01-01', '--data', data],
    [ruleset, '--since', hostileArgument, '--data', data],
    [brokenRuleset, '--since', '2025-01-01', '--data', data],
  ],
  'ruleset publish': ({ data, ruleset, brokenRuleset }) => [
    [ruleset, '--data', data, '--effective-from', '2025-06-01', '--by', hostileArgument],
    [ruleset, '--data', data, '--unrehearsed', hostileArgument],
    [ruleset, '--data', data, '--effective-from', '2025-06-01'],
    [brokenRuleset, '--data', data],
  ],
  project: ({ data }) => [['--data', data]],
  account: ({ data, events }) =>
    [...events.accounts.map(({ account }) => account), ...FOUND].map((id) => [id, '--data', data]),
  statement: ({ data, events }) =>
    events.accounts.flatMap(({ account, removal, deactivation }) =>
      [removal, deactivation].map((id) => [
        id,
        ...['--account', account, '--appeal', hostileTexts.everything ?? '', '--data', data],
      ]),
    ),
  explain: ({ data, ruleset, events }) => [
    ...events.accounts.map(({ removal }) => [removal, '--ruleset', ruleset, '--data', data]),
    ['dc1', '--ruleset', foundRuleset, '--data', data],
  ],
  replay: ({ data, ruleset, written }) => [
    ['--ruleset', ruleset, '--data', data, '--out', written('')],
    ['--sweep', 'r1: signals.score > 0.1..0.9 step 0.1', '--ruleset', ruleset, '--data', data],
    ['--sweep', hostileArgument, '--data', data],
    ['--sweep', 'r1: signals.free > 1..2 step 1', '--ruleset', ruleset, '--data', data],
  ],
  'correction check': ({ data, correction, brokenCorrection }) =>
    [correction, brokenCorrection].map((path) => [path, '--data', data]),
  'correction rescore-list': ({ data, correction, written }) => [
    [correction, '--data', data, '--out', written('.ndjson')],
  ],
  'report transparency': ({ data }) =>
    ['dsa', 'platform'].map((style) => [...PERIOD, '--style', style, '--data', data]),
  'report restate': async ({ data, written }) => {
    const path = written('.json')
    await redress('report', 'transparency', ...PERIOD, '--data', data, '--out', path)
    const report = JSON.parse(readFileSync(path, 'utf8'))
    const [edited, broken] = [written('.edited'), written('.edited')]
    const { everything } = hostileTexts
    const sections = report.sections.map((section: { readonly rows: ReadonlyArray<object> }) => ({
      ...section,
      title: everything,
      about: everything,
      rows: section.rows.map((row) => ({
        ...row,
        dimensions: Object.fromEntries(Object.keys(Object(row).dimensions).map((name) => [name, everything])),
      })),
    }))
    writeFileSync(
      edited,
      JSON.stringify({ ...report, title: everything, notCovered: [everything], sections }),
    )
    writeFileSync(
      broken,
      JSON.stringify({ ...report, [String(everything)]: everything, sequence: everything }),
    )
    return [path, edited, broken, foundRuleset].map((each) => [each, '--data', data])
  },
  'report health': ({ data }) => [['--data', data, '--as-of', '2025-06-20']],
  query: ({ data }) => statements.map((sql) => [sql, '--data', data]),
  'export parquet': ({ data, written }) => [[written(' parquet'), '--overwrite', '--data', data]],
  'export statements': ({ data, mapping, brokenMapping, written }) => [
    [written(' statements'), '--mapping', mapping, '--data', data],
    [written(' statements'), '--mapping', brokenMapping, '--data', data],
  ],
  'dead-letters list': ({ data }) => [['--limit', '5000', '--data', data]],
  'dead-letters show': async ({ data }) => {
    const { stdout } = await redress('dead-letters', 'list', '--limit', '5000', '--data', data, '--json')
    const letters: ReadonlyArray<{ readonly hash: string; readonly code: string; readonly path: string }> =
      JSON.parse(stdout.toString()).letters
    const oneOfEach = new Map(letters.map(({ code, path, hash }) => [`${code} ${path}`, hash]))
    return Array.from(oneOfEach.values(), (hash) => [hash, '--data', data])
  },
  'dead-letters resubmit': ({ data }) => [['--all', '--data', data]],
  'ruleset check': ({ ruleset, brokenRuleset, brokenMapping }) => [
    [ruleset],
    [brokenRuleset],
    [brokenMapping],
  ],
  'ruleset diff': ({ ruleset, brokenRuleset }) => [
    [ruleset, foundRuleset],
    [foundRuleset, ruleset],
    [ruleset, brokenRuleset],
  ],
  'ruleset list': ({ data }) => [
    ['--data', data],
    [hostileArgument, '--data', data],
  ],
  'alarm list': ({ data }) => [
    ['--data', data],
    ['--data', data, '--at', hostileArgument],
  ],
  'audit list': ({ data }) => [
    ['--data', data],
    ['--data', data, '--json'],
  ],
  'alarm configure': ({ data, brokenRuleset, written }) => {
    const parameters = written('.yaml')
    writeFileSync(parameters, 'falseAlarmsAYear: 2\nwrongDecisions: 0.1\n')
    return [parameters, brokenRuleset].map((file) => [file, '--by', hostileTexts.line ?? '', '--data', data])
  },
  'incident open': ({ data }) => {
    const { line = '' } = hostileTexts
    return [
      ['--title', line, '--suspect', 'rule=adult.explicit', '--by', line, '--data', data],
      ['--title', 't', '--suspect', hostileArgument, '--by', 'ana', '--data', data],
    ]
  },
  'incident note': async ({ data }) => [
    [await incidentIn(data), hostileTexts.everything ?? '', '--by', 'ana', '--data', data],
    [hostileArgument, 'a note', '--by', 'ana', '--data', data],
  ],
  'incident show': async ({ data }) => [[await incidentIn(data), '--data', data]],
  'incident close': async ({ data }) => [
    [
      await incidentIn(data),
      '--conclusion',
      'confirmed',
      '--summary',
      hostileTexts.line ?? '',
      '--by',
      'ana',
      '--data',
      data,
    ],
  ],
  'remediation plan': async ({ data, correction, written }) => {
    const { line = '' } = hostileTexts
    // All others are reversed.
    const wronged = written('.wronged')
    writeFileSync(wronged, `${JSON.stringify(WRONGED)}\n`)
    await redress('ingest', wronged, '--data', data)
    const plan = ['--incident', await incidentIn(data), '--correction', correction, '--data', data]
    return [
      [...plan, '--by', line],
      [...plan, '--by', line, '--except-where', 'row.kind == "removal"', '--reason', line],
      [...plan, '--by', line, '--except-where', hostileArgument, '--reason', line],
    ]
  },
  'remediation show': async (place) => [
    [await remediationIn(place), '--data', place.data],
    [hostileArgument, '--data', place.data],
  ],
  'remediation review': async (place) => {
    const remediation = await remediationIn(place)
    const settle = ['--decision', hostileArgument, '--resolution', 'keep', '--by', hostileTexts.line ?? '']
    return [
      [remediation, '--all', '--data', place.data],
      [remediation, ...settle, '--data', place.data],
    ]
  },
  'remediation sample': async (place) => {
    const { line = '' } = hostileTexts
    // Not one of the files that are for people.
    const verdicts = place.written('.verdicts')
    writeFileSync(verdicts, `${JSON.stringify({ decisionId: line, verdict: line })}\n`)
    const sample = [await remediationIn(place), '--by', line, '--data', place.data]
    return [sample, ...[verdicts, place.brokenRuleset].map((file) => [...sample, '--verdicts', file])]
  },
  'remediation approve': async (place) => [
    [await judgedIn(place), '--by', hostileTexts.line ?? '', '--data', place.data],
  ],
  'remediation run': async (place) => [
    [await approvedIn(place), '--by', hostileTexts.line ?? '', '--once', '--data', place.data],
  ],
  'remediation pause': turned,
  'remediation resume': turned,
  'remediation cancel': turned,
  'incident list': ({ data }) => [['--all', '--data', data]],
  'hold request': ({ data }) => {
    const { line = '' } = hostileTexts
    return [
      ['--rule', 'adult.explicit', '--by', line, '--reason', line, '--data', data],
      ['--rule', hostileArgument, '--by', 'ana', '--reason', 'it is wrong', '--data', data],
      ['--decided-by', hostileArgument, '--by', 'ana', '--reason', 'it is wrong', '--data', data],
    ]
  },
  'hold list': ({ data }) => [
    ['--data', data],
    ['--all', '--json', '--data', data],
  ],
  'hold lift': ({ data }) =>
    [firstHold, hostileArgument].map((hold) => [
      ...[hold, '--by', hostileTexts.line ?? '', '--reason', 'it is right', '--data', data],
    ]),
  watch: ({ data }) => [
    ['--until-end', '--data', data],
    ['--until-end', '--data', data, '--webhook', hostileArgument],
  ],
  dispatch: ({ data }) => [['--brokers', hostileArgument, '--until-end', '--data', data]],
  'remediation requests': ({ data }) => [
    ['--data', data],
    ['--after', hostileArgument, '--data', data],
  ],
  tripwires: ({ data }) => [
    ['--data', data],
    ['--data', data, '--at', hostileArgument],
  ],
  backup: ({ data, written }) => [[written(' backup'), '--data', data, '--keys', written(' keys')]],
  'dead-letters purge': ({ data }) => [['--older-than', '1d', '--data', data]],
  copy: ({ data }) => [['--from', data, '--to', `esdb://${hostileArgument}`]],
  consume: ({ data }) => [
    ['--topic', hostileArgument, '--brokers', hostileArgument, '--group', hostileArgument, '--data', data],
  ],
  demo: ({ written }) => [[...FEW, '--out', written(' demo')]],
  simulate: ({ written }) => [
    [
      ...[...FEWEST, '--out', written('.ndjson'), '--truth', written('.json')],
      ...['--ruleset', written('.json')],
    ],
    [...FEWEST, '--data', written(' data'), '--truth', written('.json')],
  ],
}

/** A ban that nothing asked for. */
const WRONGED = {
  ...{
    specversion: '1.0',
    id: 'wronged',
    source: '/test',
    type: 'account.deactivated.v1',
    subject: 'wronged',
  },
  time: '2025-05-01T00:00:00Z',
  data: {
    ...{ decisionId: 'wronged', restriction: 'suspended', grounds: [], category: 'spam' },
    automation: { detection: true, decision: 'fully' },
    ...{ decidedBy: { kind: 'rule', id: 'x' }, ruleset: { id: 'x1', version: '2' } },
  },
}

/** A plan for a new incident, of which the sample is judged. */
const judgedIn = async (place: Place): Promise<string> => {
  const remediation = await remediationIn(place)
  const verdicts = place.written('.verdicts')
  writeFileSync(verdicts, `${JSON.stringify({ decisionId: WRONGED.data.decisionId, verdict: 'agree' })}\n`)
  for (const by of ['bo', 'cy']) {
    const judging = ['--verdicts', verdicts, '--by', by, '--data', place.data]
    await redress('remediation', 'sample', remediation, ...judging)
  }
  return remediation
}

/** The same, and it is approved. */
const approvedIn = async (place: Place): Promise<string> => {
  const remediation = await judgedIn(place)
  await redress('remediation', 'approve', remediation, '--by', 'di', '--data', place.data)
  return remediation
}

/** What a person does to a remediation that is carried out. */
async function turned(place: Place): Promise<ReadonlyArray<ReadonlyArray<string>>> {
  const { line = '' } = hostileTexts
  return [[await approvedIn(place), '--by', line, '--reason', line, '--data', place.data]]
}

/** A plan for a new incident. */
const remediationIn = async ({ data, correction }: Place): Promise<string> => {
  const plan = ['--incident', await incidentIn(data), '--correction', correction, '--by', 'ana', '--json']
  const { stdout } = await redress('remediation', 'plan', ...plan, '--data', data)
  return JSON.parse(stdout.toString()).remediationId
}

/** An incident of a ledger that has none of a note yet: a new one. */
const incidentIn = async (data: string): Promise<string> => {
  const args = [
    '--title',
    hostileTexts.line ?? '',
    '--suspect',
    'rule=r',
    '--by',
    'ana',
    '--json',
    '--data',
    data,
  ]
  const { stdout } = await redress('incident', 'open', ...args)
  return JSON.parse(stdout.toString()).incidentId
}

/** Command lines that write a file in each of the forms that a file's name asks for. */
export const writing = ({ data, written }: Place): ReadonlyArray<Arguments> => [
  ...['.html', '.md', '.csv', '.json'].map((ending) => [
    ...['report', 'transparency', ...PERIOD, '--data', data, '--out', written(ending)],
  ]),
  ...['.csv', '.json'].map((ending) => ['query', 'FROM events', '--data', data, '--out', written(ending)]),
]

const PERIOD = ['--from', '2025-01-01', '--to', '2026-01-01']

/** As few accounts as the demo takes. */
const FEW = ['--accounts', '1000']
/** As few as the simulator takes. */
const FEWEST = ['--accounts', String(leastAccounts)]

/** What keeps a command short whose arguments are otherwise hostile, or what it needs besides. */
export const usual: Readonly<Record<string, Arguments>> = {
  demo: FEW,
  // Otherwise it does not end.
  watch: ['--until-end'],
  simulate: [...FEWEST, '--out', hostileArgument],
}

/** The accounts of the events that were found. */
const FOUND = ['u-html', 'u-csv', 'u-csvat', 'u-md', 'u-bidi', 'uc1', 'u1']

const text = `'${hostileArgument.replaceAll("'", "''")}'`
const name = `"${hostileArgument.replaceAll('"', '""')}"`

/** Hostile values of every kind, names of columns, and texts of errors. */
const statements: ReadonlyArray<string> = [
  `SELECT ${text} AS ${name}, '-2' AS b, '\t=evil()' AS c, NULL AS d, -3 AS e, -1.5 AS f, [${text}] AS g, {'a': ${text}} AS h, MAP {${text}: 1} AS i`,
  'SELECT COLUMNS(c -> true) FROM events',
  'FROM decisions',
  'FROM accounts',
  'FROM appeals',
  'DESCRIBE events',
  `SELECT ${name} FROM events`,
  `SELECT error(${text})`,
  `SELECT CAST(${text} AS INTEGER)`,
  hostileArgument,
]
