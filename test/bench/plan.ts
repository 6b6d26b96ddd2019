import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import * as E from '#fp/Either'
import { openingForReplay } from '../../src/app/replay/load.ts'
import { type JudgeOptions, judgeIn } from '../../src/app/replay/replay.ts'
import { table } from '../../src/cli/table.ts'
import { draftPlan } from '../../src/incidents/remediation/plan/plan.ts'
import { accountsAt } from '../../src/incidents/remediation/plan/read-accounts.ts'
import { parseWaves } from '../../src/incidents/remediation/plan/waves.ts'
import { correctionOfRules } from '../../src/replay/correction/correction.ts'
import { parseRuleset } from '../../src/rulesets/document.ts'
import { unwrap } from '../ledger/events.ts'
import { measured } from './measure.ts'

/**
 * `node test/bench/plan.ts [--accounts N]`: a simulated platform's plan, beyond its replay: dividing what was found among
 * accounts, waves and a sample, then reading and folding each account. Prints seconds, and microseconds an account.
 */
const { values } = parseArgs({ options: { accounts: { type: 'string', default: '50000' } } })

const dir = mkdtempSync(join(tmpdir(), 'redress-bench-plan-'))
const at = (name: string): string => join(dir, name)

try {
  measured(
    ...['simulate', '--accounts', values.accounts, '--out', at('events.ndjson')],
    ...['--truth', at('truth.json'), '--ruleset', at('corrected.yaml')],
  )
  measured('ingest', at('events.ndjson'), '--data', at('data'))
  measured('project', '--data', at('data'))
  const correction = correctionOfRules(unwrap(parseRuleset(readFileSync(at('corrected.yaml'), 'utf8'))))
  const ignore = (): void => {}
  const reading = { data: at('data'), at: null, withoutDamaged: false, onProgress: ignore }
  const judging: JudgeOptions = {
    ...{ ...reading, correction, window: { from: null, to: null }, full: true, isSuspected: () => true },
    engine: 'columnar',
    ...{ onRead: ignore, onReference: ignore, onStep: ignore },
  }
  const rows: { readonly what: string; readonly seconds: number }[] = []
  let accounts = 0
  const timed = async <A>(what: string, work: () => Promise<A>): Promise<A> => {
    const start = performance.now()
    const done = await work()
    rows.push({ what, seconds: (performance.now() - start) / 1_000 })
    return done
  }
  unwrap(
    await openingForReplay(reading, async (opened) => {
      const { result, source, close } = unwrap(await timed('replay', () => judgeIn(opened, judging)))
      const draft = await timed('accounts, waves and sample', async () =>
        draftPlan({
          ...{ replay: result, sequence: source.sequence, end: source.history.end, sample: 300 },
          ...{ settled: new Map(), reasonFor: () => null, waves: unwrap(parseWaves('10,100,1%,10%,100%')) },
          readAccount: accountsAt(opened.ledger, source.sequence),
        }),
      )
      const hash = 'a'.repeat(64)
      const about = { incidentId: 'i', correctionSha256: hash, correction: hash, exceptionsSha256: null }
      const take = async (page: ReadonlyArray<unknown>) => {
        accounts += page.length
        return E.right(undefined)
      }
      unwrap(await timed('effects', () => draft.finish({ about, take, onProgress: ignore })))
      close()
      return E.right(null)
    }),
  )
  const lines = table(
    [
      { title: `planning for ${accounts} accounts`, cell: ({ what }) => what },
      { title: 's', align: 'right', cell: ({ seconds }) => seconds.toFixed(1) },
      {
        title: 'µs an account',
        align: 'right',
        cell: ({ seconds }) => Math.round((seconds * 1e6) / accounts),
      },
    ],
    rows,
  )
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
