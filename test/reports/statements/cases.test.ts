import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeIncoming } from '../../../src/domain/decode.ts'
import { statementProblems } from '../../../src/reports/statements/statement.ts'
import { unwrap } from '../../replay/ledgers.ts'
import { contentsOf, exporting, given } from './exporting.ts'
import { exampleText, mappingOf } from './mappings.ts'

const eventsOf = (name: string) =>
  readFileSync(join(import.meta.dirname, 'cases', name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => unwrap(decodeIncoming(JSON.parse(line))).event)

/** By decision; null: left out. */
const LANGUAGES: Readonly<Record<string, string | null>> = {
  'd-xx': null,
  'd-zz': null,
  'd-nb': 'NB',
  'd-tl': 'TL',
  'd-iw': 'HE',
  'd-in': 'ID',
  'd-ji': 'YI',
  'd-sh': null,
  'd-mo': null,
  'd-cnr': null,
  'd-zh-Hant': 'ZH',
  'd-en_GB': 'EN',
  'd-no': 'NO',
  'd-hr': 'HR',
  'd-eo': 'EO',
  'd-qq': null,
  'd-EN': 'EN',
}

test('a batch has no language that the database does not know, which would make it refuse the whole batch', async () => {
  await given(eventsOf('languages.ndjson'), async (folder, out) => {
    await exporting(folder.dir, out, { mapping: mappingOf(exampleText) })

    const { batches, remarks, errors, cursor } = await contentsOf(out)
    for (const statement of batches.flat()) expect(statementProblems(statement)).toEqual([])
    expect(
      Object.fromEntries(
        batches.flat().map(({ puid, content_language }) => [puid, content_language ?? null]),
      ),
    ).toEqual(LANGUAGES)
    expect(errors).toEqual([])
    expect(remarks.map(({ puid, field }) => [puid, field])).toEqual(
      Object.entries(LANGUAGES)
        .filter(([, language]) => language === null)
        .map(([puid]) => [puid, 'content_language']),
    )
    expect(cursor.remarks).toEqual({ content_language: remarks.length })
  })
})

test('a valid date that the database does not accept is not a permanent error', async () => {
  await given(eventsOf('dates.ndjson'), async (folder, out) => {
    await exporting(folder.dir, out, { mapping: mappingOf(exampleText) })

    const { batches, remarks, errors, cursor } = await contentsOf(out)
    for (const statement of batches.flat()) expect(statementProblems(statement)).toEqual([])
    expect(
      batches
        .flat()
        .map((statement) => [
          statement.puid,
          statement.content_date,
          statement.end_date_account_restriction,
          statement.content_language,
        ]),
    ).toEqual([
      ['d-2099', '2025-04-02', undefined, undefined],
      ['d-2037', '2025-04-02', '2037-12-31', undefined],
      ['d-old', '2000-01-01', undefined, 'EN'],
      ['d-lang', '2024-12-31', undefined, 'EN'],
      ['d-future', '2025-04-03', undefined, undefined],
    ])
    expect(remarks.map(({ puid, field }) => [puid, field])).toEqual([
      ['d-2099', 'end_date_account_restriction'],
      ['d-old', 'content_date'],
      ['d-future', 'content_language'],
    ])
    expect(cursor.remarks).toEqual({
      content_date: 1,
      content_language: 1,
      end_date_account_restriction: 1,
    })
    expect(errors.map(({ decisionId, field }) => [decisionId, field])).toEqual([
      ['d-longref', 'illegal_content_legal_ground'],
    ])
  })
})
