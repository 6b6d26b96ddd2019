import type { OwnerHappening, OwnerStatement, OwnerWords } from './codec.ts'
import { type Block, type Item, paragraph } from './page.ts'
import { moment, plain } from './phrases.ts'

/** What became of a decision, in order. */
export const sinceBlocks = ({ since, done }: OwnerStatement): ReadonlyArray<Block> =>
  since.length === 0
    ? [paragraph('Nothing has been recorded since: no appeal and no change.')]
    : [{ kind: 'list', items: since.map((happening) => itemOf(happening, done)) }]

const itemOf = (happening: OwnerHappening, done: OwnerStatement['done']): Item => {
  const when = moment(happening.at)
  switch (happening.kind) {
    case 'changed': {
      const to =
        happening.restriction === null ? [] : [`it is a ${nouns[happening.restriction] ?? 'restriction'}`]
      const end =
        happening.until === 'unchanged'
          ? []
          : [happening.until === null ? 'it has no end date' : `it ends on ${moment(happening.until)}`]
      const terms = [...to, ...end].join(', and ')
      const now = terms === '' ? 'Our record does not say how.' : `Now ${terms}.`
      return { text: `${when}: ${changed(happening)} ${now} ${why[happening.reason]}`, quote: null }
    }
    case 'appealed':
      return {
        text: `${when}: you appealed (${happening.appealId}).${missing(happening.words, 'your appeal')}`,
        quote: happening.words.text,
      }
    case 'answered': {
      const reasons =
        happening.reasons.length === 0
          ? 'No reasons for the answer are on record.'
          : `The reasons on record are: ${happening.reasons.map(plain).join(', ')}.`
      const by = happening.by === 'human' ? 'A person answered it.' : 'An automated system answered it.'
      return {
        text: `${when}: your appeal (${happening.appealId}) was answered. ${answers[happening.outcome]} ${by} ${reasons}${missing(happening.words, 'the answer')}`,
        quote: happening.words.text,
      }
    }
    case 'reversed': {
      const back = done === 'removed' ? 'what was removed was restored' : 'your account was reinstated'
      return {
        text:
          happening.reason === 'expiry'
            ? `${when}: the term ended, and ${back}.`
            : `${when}: the decision was reversed, and ${back}. ${why[happening.reason]}`,
        quote: null,
      }
    }
  }
}

/** How a change altered the decision; a harsher one is a decision with a statement of reasons of its own. */
const changed = ({ harsher }: Extract<OwnerHappening, { kind: 'changed' }>): string => {
  if (harsher === null) return 'we changed the decision.'
  const was = harsher.restriction === null ? 'a removal' : `a ${nouns[harsher.restriction] ?? 'restriction'}`
  const end = harsher.until === null ? 'with no end date' : `until ${moment(harsher.until)}`
  return `we made the decision harsher (statement of reasons ${harsher.statement}). It was ${was} ${end}, and it is still based on the same grounds. You can appeal against this change as you can against the decision.`
}

const nouns: Readonly<Record<string, string>> = { suspended: 'suspension', terminated: 'termination' }
const why = {
  appeal: 'The reason on record is an appeal.',
  correction: 'The reason on record is that we corrected our own decision.',
  order: 'The reason on record is an order from an authority or a court.',
} as const
const answers = {
  upheld: 'The decision was upheld.',
  reversed: 'You won: the decision must be reversed.',
  modified: 'The decision was changed in part.',
  omitted: 'The appeal was closed without a decision on it.',
} as const

const missing = (words: OwnerWords, what: string): string =>
  words.status === 'erased' ? ` The text of ${what} was erased.` : ''
