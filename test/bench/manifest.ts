import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { openLedger } from '../../src/ledger/open.ts'
import { keepManifest, listKeeper, readList, readManifest } from '../../src/ledger/vault/manifest.ts'
import { unwrap } from '../ledger/events.ts'

/**
 * `node test/bench/manifest.ts [--rows N]`: stores a list of accounts with three rows each, such as a plan's, in the vault of
 * a new ledger, and reads it back. Prints what each took, and the peak memory of the process up to its end.
 */
const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const accounts = Math.ceil(Number(values.rows) / 3)
/** How many accounts are added at a time. */
const PAGE = 1_000

const rowOf = (account: number, row: number) => ({
  kind: 'account',
  decisionId: `d-${account}-${row}`,
  class: 'wrongful',
  remedy: 'reinstate',
  occurredAt: 1_745_800_000_000 + account,
  restriction: 'suspended',
  rule: 'adult.explicit',
  flagsVoided: [`f-${account}-${row}-1`, `f-${account}-${row}-2`],
  becauseOf: [],
})
const itemOf = (account: number) => ({
  account: `account-${account}`,
  wave: 1 + (account % 5),
  decisions: [0, 1, 2].map((row) => rowOf(account, row)),
  flags: [],
  review: [],
  excepted: [],
  effects: {
    before: { status: 'suspended', heldBy: [0, 1, 2].map((row) => `d-${account}-${row}`), removed: [] },
    after: { status: 'active', heldBy: [], removed: [] },
    strikePoints: 6,
    appealIds: [],
  },
})

const figures: string[][] = []
const timed = async <A>(name: string, work: () => Promise<A>): Promise<A> => {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const done = await work()
  const { user, system } = process.cpuUsage(cpu)
  const seconds = [(performance.now() - start) / 1000, (user + system) / 1e6]
  const peak = process.resourceUsage().maxRSS / 1024
  figures.push([name, ...seconds.map((one) => one.toFixed(1)), peak.toFixed(0)])
  return done
}

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-manifest-'))
try {
  const { vault, close } = unwrap(await openLedger(dir))
  const sha256 = await timed('stored', async () => {
    const list = listKeeper(vault)
    for (let from = 0; from < accounts; from += PAGE) {
      const length = Math.min(PAGE, accounts - from)
      unwrap(await list.add(Array.from({ length }, (_, i) => itemOf(from + i))))
    }
    return unwrap(
      await keepManifest(vault, { head: {}, lists: { accounts: unwrap(await list.end()) }, needs: [] }),
    )
  })
  await timed('read back', async () => {
    let items = 0
    const { lists } = unwrap(await readManifest(vault, sha256))
    for await (const page of readList(vault, lists.accounts ?? { items: 0, chunks: [] })) {
      items += unwrap(page).length
    }
    if (items !== accounts) throw new Error(`${items} of ${accounts} accounts were read`)
  })
  await close()
  const columns = ['', 'seconds', 'CPU', 'peak MB'].map((title, i) => ({
    title,
    cell: (figure: ReadonlyArray<string>) => figure[i] ?? '',
  }))
  process.stdout.write(`${table(columns, figures).join('\n')}\n`)
  process.stdout.write(`vault.db: ${(statSync(join(dir, 'vault.db')).size / 1e6).toFixed(0)} MB\n`)
} finally {
  rmSync(dir, { recursive: true })
}
