import type { OwnerHappening, OwnerStatement, OwnerWords } from './codec.ts'
import { type Block, type Item, paragraph } from './page.ts'
import { moment, plain } from './phrases.ts'

/** What became of a decision, in order. */
export const sinceBlocks = ({ since, done }: OwnerStatement): ReadonlyArray<Block> =>
  since.length === 0
    ? [paragraph('Nothing is on record since: no appeal, no change.')]
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
          : [happening.until === null ? 'it has no end' : `it ends on ${moment(happening.until)}`]
      const now = [...to, ...end].join(', and ') || 'our record does not say how'
      return { text: `${when}: ${changed(happening)} Now ${now}. ${why[happening.reason]}`, quote: null }
    }
    case 'appealed':
      return {
        text: `${when}: you appealed (${happening.appealId}).${missing(happening.words, 'your words')}`,
        quote: happening.words.text,
      }
    case 'answered': {
      const reasons =
        happening.reasons.length === 0
          ? 'No reasons for the answer are on record.'
          : `The reasons on record: ${happening.reasons.map(plain).join(', ')}.`
      const by = happening.by === 'human' ? 'A person answered it.' : 'A machine answered it.'
      return {
        text: `${when}: your appeal (${happening.appealId}) was answered. ${answers[happening.outcome]} ${by} ${reasons}${missing(happening.words, 'the text of the answer')}`,
        quote: happening.words.text,
      }
    }
    case 'reversed': {
      const back = done === 'removed' ? 'what was removed was put back' : 'your account was put back'
      return {
        text:
          happening.reason === 'expiry'
            ? `${when}: the time was over, and ${back}.`
            : `${when}: the decision was taken back, and ${back}. ${why[happening.reason]}`,
        quote: null,
      }
    }
  }
}

/** What a change did to what was decided; where it is harsher, that is a decision with reasons of its own. */
const changed = ({ harsher }: Extract<OwnerHappening, { kind: 'changed' }>): string => {
  if (harsher === null) return 'we changed the decision.'
  const was = harsher.restriction === null ? 'a removal' : `a ${nouns[harsher.restriction] ?? 'restriction'}`
  const end = harsher.until === null ? 'with no end' : `until ${moment(harsher.until)}`
  return `we made the decision harsher (statement of reasons ${harsher.statement}). It was ${was} ${end}, and it rests on the same grounds. You can appeal against it as against the decision.`
}

const nouns: Readonly<Record<string, string>> = { suspended: 'suspension', terminated: 'termination' }
const why = {
  appeal: 'The reason on record is an appeal.',
  correction: 'The reason on record is that we corrected a decision of ours.',
  order: 'The reason on record is an order of an authority or a court.',
} as const
const answers = {
  upheld: 'The decision was kept.',
  reversed: 'You won: the decision is to be taken back.',
  modified: 'The decision was changed in part.',
  omitted: 'The appeal was closed without an answer to the question.',
} as const

const missing = (words: OwnerWords, what: string): string =>
  words.status === 'erased' ? ` The record of ${what} was erased.` : ''
