import { isUtf8 } from 'node:buffer'
import { Command } from 'commander'
import { shownLetterJson } from '../../app/dead-letters/letter-json.ts'
import { whyUnreadable } from '../../app/dead-letters/one-letter.ts'
import { deadLetterBytes, showDeadLetter } from '../../app/dead-letters/show.ts'
import { formatInstant } from '../../domain/time.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { rejectionCodes } from '../../ingest/accept/rejection.ts'
import type { DeadLetter } from '../../ingest/dead-letters/letter.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, exitCodes, jsonOption, printJson, printLine, printRaw } from '../output.ts'
import { resultOrFail } from '../result.ts'
import { format } from '../table.ts'

type Options = { readonly data: string; readonly json?: boolean; readonly raw?: boolean }

export const showCommand = (): Command =>
  new Command('show')
    .summary('show one dead letter in full')
    .argument('<hash>', 'its hash, or the first digits (at least 6)')
    .option('--raw', 'write only its bytes, as they were received, for editing')
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
The bytes are sealed; without keys.db, everything else is shown.

Exit code: 0 shown, 1 shown without its bytes, because the key is missing, 2 failed.

Examples:
  redress dead-letters show 3f5a9c
  redress dead-letters show 3f5a9c --raw > edited.json`),
    )
    .action(async (hash: string, { data, json, raw: onlyRaw }: Options) => {
      const clock = Date.now
      if (onlyRaw === true) return printRaw(resultOrFail(await deadLetterBytes({ data, clock, hash })))
      const { letter, body } = resultOrFail(await showDeadLetter({ data, clock, hash }))
      if (body.kind === 'locked') process.exitCode = exitCodes.findings
      if (json === true) return printJson(shownLetterJson(letter, body))
      for (const line of lines(letter)) printLine(line)
      printLine()
      printLine(body.kind === 'open' ? asText(Buffer.from(body.bytes)) : whyUnreadable(letter, body))
    })

const lines = (letter: DeadLetter): ReadonlyArray<string> => {
  const { resolved } = letter
  const row = (title: string, text: string): string => `${title.padEnd(12)}${text}`
  return [
    row('Hash', letter.hash),
    row('Reason', `${letter.code}: ${rejectionCodes[letter.code]}`),
    ...(letter.path === '' ? [] : [row('Field', letter.path)]),
    row('', letter.message),
    row('Seen', times(letter.sightings)),
    row('First', formatInstant(letter.firstSeen)),
    row('Last', `${formatInstant(letter.lastSeen)} at ${letter.lastOrigin}`),
    row(
      'Resolved',
      resolved === null
        ? 'no'
        : `${formatInstant(resolved.at)} by the event ${resolved.id} of ${resolved.source}`,
    ),
    ...(letter.erasedAt === null ? [] : [row('Erased', formatInstant(letter.erasedAt))]),
    row(
      'Length',
      `${countOf(letter.length, 'byte')}${letter.truncated ? ', only the first of which are stored' : ''}`,
    ),
  ]
}

const times = (n: number): string => (n === 1 ? 'once' : `${format(n)} times`)

/** Bytes as text; if they are not UTF-8, the bytes outside ASCII as \xNN. */
const asText = (raw: Buffer): string =>
  isUtf8(raw) ? raw.toString('utf8') : raw.toString('latin1').replace(/[\x80-\xff]/g, escapeByte)

const escapeByte = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16)}`
