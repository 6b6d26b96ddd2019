import { Command, Option } from 'commander'
import { listRequests } from '../../app/remediation/requests.ts'
import type { LedgerPlace } from '../../app/stores.ts'
import { listed } from '../../domain/definition/story.ts'
import { countOf } from '../../foundation/text/count-of.ts'
import { REINSTATEMENT_WITHDRAWAL, type RequestMessage } from '../../incidents/feeds/requests.ts'
import { helpNotes } from '../help-notes.ts'
import { dataOption, jsonOption, ledgerOption, printJsonLine, printLine, wholeNumber } from '../output.ts'
import { startProgress } from '../progress.ts'
import { resultOrUsage } from '../result.ts'
import { format } from '../table.ts'

type Options = LedgerPlace & { readonly after: number; readonly json?: boolean }

export const remediationRequestsCommand = (): Command =>
  new Command('requests')
    .summary('list what services are asked to undo')
    .description(
      'Lists the requests of all remediations, and which are withdrawn, in the order in which they were recorded: what redress ' +
        'dispatch sends to Kafka, for services that ask again and again.',
    )
    .addOption(
      new Option('--after <sequence>', 'only what was recorded after this sequence')
        .argParser(wholeNumber(0))
        .default(0),
    )
    .addOption(dataOption())
    .addOption(ledgerOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpNotes(`
--json prints one JSON object a line, each with its sequence; the last line has only the sequence up to which all is listed: the next --after. If that line is missing, something failed, and the next --after is the sequence of the last line there is.

Exit code: 0 listed, 2 failed.

Examples:
  redress remediation requests
  redress remediation requests --after 41000 --json`),
    )
    .action(async ({ data, ledger, after, json = false }: Options) => {
      const progress = startProgress('Reading the ledger', 1, 'events')
      const done = await listRequests({
        ...{ data, ledger, after },
        onRequest: (message) => {
          progress.stop()
          if (json) printJsonLine(message)
          else printLine(requestLine(message))
        },
        onRead: (sequence, head) => progress.update(sequence - after, head - after),
      }).finally(progress.stop)
      const { sequence, requests } = resultOrUsage(done)
      if (json) printJsonLine({ sequence })
      else
        printLine(
          `Up to sequence ${format(sequence)}: ${countOf(requests, 'request or withdrawal', 'requests and withdrawals')}`,
        )
    })

/** A request or a withdrawal on one line. */
const requestLine = (message: RequestMessage): string => {
  const start = `${format(message.sequence)}  ${message.account}  ${message.requestId}`
  if (message.type === REINSTATEMENT_WITHDRAWAL) return `${start}  withdrawn (${message.reason})`
  return `${start}  ${whatIsAsked(message)}`
}

type Request = Exclude<RequestMessage, { readonly type: typeof REINSTATEMENT_WITHDRAWAL }>

const whatIsAsked = ({ kind, decisionIds, flagsVoided, content, restriction }: Request): string => {
  const decisions = listed(decisionIds)
  const alsoVoid = flagsVoided.length === 0 ? '' : `, void ${listed(flagsVoided)}`
  switch (kind) {
    case 'account':
      return `reverse ${decisions}${alsoVoid}`
    case 'content':
      return `restore ${content === undefined ? '' : `${content.kind} ${content.id}: `}${decisions}${alsoVoid}`
    case 'change':
      return `change ${decisions} to ${restriction}${alsoVoid}`
    case 'flags':
      return `void ${listed(flagsVoided)}`
  }
}
