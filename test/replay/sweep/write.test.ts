import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeSweep } from '../../../src/replay/sweep/write.ts'
import { unwrap } from '../../ledger/events.ts'
import { report } from './reports.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-sweep-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

describe('given a report of a sweep', () => {
  test('when it is written, then the CSV has a line for each threshold, and the JSON thresholds that are numbers', async () => {
    unwrap(await writeSweep(join(dir, 'result'), report))
    const text = (name: string): string => readFileSync(join(dir, 'result', name), 'utf8')
    expect(text('sweep.csv').split('\r\n')).toEqual([
      'threshold,current,wrongful,unexplained_wrongful,excessive,lenient,upheld,unexplained_upheld,indeterminate,unreproducible,missed',
      '0.85,false,0,0,0,1,2000,0,0,0,3',
      '0.90,true,10,0,0,1,1990,0,0,0,1',
      '0.95,false,500,0,0,1,1500,0,0,0,0',
      '',
    ])
    const json = JSON.parse(text('sweep.json'))
    expect(json).toMatchObject({ rule: 'a', sequence: 1_234, decisions: 2_001 })
    expect(json.steps[1]).toEqual({ threshold: 0.9, isCurrent: true, classes: report.steps[1]?.classes })
    expect(text('sweep.svg')).toMatch(/^<svg /)
  })
})
