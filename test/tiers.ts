import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

const root = join(import.meta.dirname, '..')

/**
 * The tests that start processes, brokers or clusters, use a browser, or take many seconds over databases and random
 * histories. All others are unit tests: `npm run test:unit` runs them in less than a minute. `npm test` runs both.
 */
export const integration: ReadonlyArray<string> = [
  'test/app/query/answer.test.ts',
  'test/bench/columnar/generate.test.ts',
  'test/app/{consume,copy,demo/demo,remediation/remediation,simulate/to-ledger}.test.ts',
  'test/cli/**/*.test.ts',
  'test/examples/*.test.ts',
  'test/infra/kafka/*.test.ts',
  'test/incidents/rehearsal/columnar/*.test.ts',
  'test/infra/schemas/schemas.test.ts',
  'test/ingest/account-feed/{publish,topic}.test.ts',
  'test/ingest/dead-letters/{file,open}.test.ts',
  'test/ingest/kafka/*.test.ts',
  'test/ingest/outbox/send-from-ledger.test.ts',
  'test/ingest/own-types.test.ts',
  'test/ingest/pipeline/ingestor.test.ts',
  'test/ledger/*.test.ts',
  'test/ledger/eventstoredb/**/*.test.ts',
  'test/ledger/sqlite/{read-only,reading-thread,store}.test.ts',
  'test/foundation/files/write-file.test.ts',
  'test/foundation/sqlite/database.test.ts',
  'test/projection/events/tables.test.ts',
  'test/projection/project.test.ts',
  'test/projection/published.test.ts',
  'test/projection/sql-fence/fence.test.ts',
  'test/replay/columnar/{links,reused-ids,source}.test.ts',
  'test/replay/laws.test.ts',
  'test/replay/model/{load,load-projected}.test.ts',
  'test/reports/statements/export.test.ts',
  'test/reports/transparency/formats/html-in-browser.test.ts',
  'test/robustness/**/*.test.ts',
  'test/simulation/{faulty,truth}.test.ts',
]

/** The tests that replace a module by another: these need modules of their own, not those that other tests imported. */
export const mocked: ReadonlyArray<string> = globSync('test/**/*.test.ts', { cwd: root })
  .filter((path) => readFileSync(join(root, path), 'utf8').includes('vi.mock('))
  .map((path) => path.split(sep).join('/'))
