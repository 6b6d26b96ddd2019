import { isBlank } from '../../../foundation/text/blank.ts'
import type { OwnerStatement } from './codec.ts'
import { groundBlocks } from './grounds.ts'
import { type Block, type OwnerPage, paragraph } from './page.ts'
import { inQuotes, moment, plain } from './phrases.ts'
import { sinceBlocks } from './since.ts'

/** A statement in plain words, for the person whose account it is. */
export const pageOf = (s: OwnerStatement): OwnerPage => ({
  title: 'Statement of reasons',
  about: `Decision ${s.decisionId} on the account ${s.account}`,
  sections: [
    { heading: 'What we did', blocks: [...whatWasDone(s), ...currentState(s)] },
    { heading: 'Why we did it', blocks: [...reasons(s), ...rules(s), ...groundBlocks(s)] },
    { heading: 'How automation was used', blocks: automation(s) },
    { heading: 'What we told you', blocks: notices(s) },
    { heading: 'How to appeal', blocks: appeal(s) },
    { heading: 'What has happened since', blocks: sinceBlocks(s) },
  ],
  foot: `All of this comes from our record of decisions as it was on ${moment(s.at)}. All times are in UTC.`,
})

const whatWasDone = (s: OwnerStatement): ReadonlyArray<Block> => {
  const when = `On ${moment(s.decidedAt)}`
  const done =
    s.content !== null
      ? `we removed your ${plain(s.content.kind)} ${s.content.id}.`
      : s.done === 'suspended'
        ? 'we suspended your account.'
        : 'we closed your account permanently (this is called a termination).'
  const end =
    s.untilMade !== null
      ? ` It was set to last until ${moment(s.untilMade)}.`
      : s.done === 'suspended'
        ? ' No end date was set.'
        : ''
  const where =
    s.territory === null
      ? 'Our record does not limit it to certain countries.'
      : `Where it applies: ${s.territory}.`
  return [paragraph(`${when}, ${done}${end}`), paragraph(where)]
}

const currentState = (s: OwnerStatement): ReadonlyArray<Block> => [
  ...(s.restriction === null || s.restriction === s.done
    ? []
    : [
        paragraph(
          `The decision has since been changed. It is now a ${s.restriction === 'suspended' ? 'suspension' : 'termination'}.`,
        ),
      ]),
  paragraph(standing(s)),
  ...(s.isReversalOwed
    ? [
        paragraph(
          'You won an appeal against it. Our record does not yet show that we reversed it for that reason.',
        ),
      ]
    : []),
]

const standing = (s: OwnerStatement): string => {
  switch (s.standing) {
    case 'reversed':
      return s.since.some((each) => each.kind === 'reversed' && each.reason !== 'expiry')
        ? 'We have since reversed this decision. It is no longer in force.'
        : 'Its term has ended. It is no longer in force.'
    case 'over':
      return `It ended automatically${s.until === null ? '' : ` on ${moment(s.until)}`}. It is no longer in force.`
    case 'holds':
      return s.until === s.untilMade
        ? 'It is still in force.'
        : `It is still in force. ${s.until === null ? 'It no longer has an end date.' : `It now lasts until ${moment(s.until)}.`}`
  }
}

const reasons = ({ category, basis }: OwnerStatement): ReadonlyArray<Block> => [
  paragraph(`The reason on record is: ${plain(category)}.`),
  paragraph(
    basis === null || isBlank(basis.reference)
      ? 'Our record does not say which law or which of our terms it is based on.'
      : `It is based on ${basis.kind === 'law' ? 'the law' : 'our terms'}: ${withStop(basis.reference)}`,
  ),
]

const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

const rules = ({ ruleset, done }: OwnerStatement): ReadonlyArray<Block> => {
  if (ruleset === null) return [paragraph('Our record does not say which rules it was made under.')]
  const made = `It was made under our rules \u201c${ruleset.id}\u201d, version ${ruleset.version}.`
  if (!ruleset.isPublished) {
    return [paragraph(`${made} We cannot show you what they said: this version was never put on record.`)]
  }
  const conditions = ruleset.policies.map(({ atLeast, withinDays, categories }) => {
    const within = withinDays === null ? '' : ` within ${days(withinDays)}`
    const which = categories === null ? '' : ` (of these kinds: ${categories.map(plain).join(', ')})`
    return `when the findings against it${which} add up to ${atLeast} ${atLeast === 1 ? 'point' : 'points'} or more${within}`
  })
  if (conditions.length === 0) return [paragraph(made)]
  const verb = done === 'terminated' ? 'closed permanently' : 'suspended'
  const which = conditions.length === 1 ? '' : ' Our record does not say which of these applied.'
  return [paragraph(`${made} Under these rules an account is ${verb} ${conditions.join(', or ')}.${which}`)]
}

const days = (count: number): string => {
  const rounded = Math.round(count * 100) / 100
  return `${rounded} ${rounded === 1 ? 'day' : 'days'}`
}

const automation = ({
  automation: { detection, decision },
  decidedBy,
}: OwnerStatement): ReadonlyArray<Block> => {
  const found = detection
    ? 'An automated system found what this decision is about.'
    : 'No automated system found what this decision is about.'
  const decided = {
    fully: 'An automated system made the decision. No person took part in it.',
    partially: 'An automated system and a person both took part in the decision.',
    not: 'A person made the decision.',
  }[decision]
  const by =
    decidedBy.id === null
      ? 'Our record says that a person decided. We do not give out names.'
      : `Our record names the program that decided: ${decidedBy.id}.`
  return [paragraph(`${found} ${decided} ${by}`)]
}

const notices = ({ notices: sent }: OwnerStatement): ReadonlyArray<Block> =>
  sent.length === 0
    ? [paragraph('Our record shows no notice to you about this decision.')]
    : sent.flatMap(({ at, channel, words }) => [
        paragraph(`On ${moment(at)} we sent you a notice (by ${plain(channel)}):`),
        inQuotes(words, 'Its text'),
      ])

const appeal = ({ howToAppeal }: OwnerStatement): ReadonlyArray<Block> =>
  howToAppeal === null
    ? [paragraph('This statement does not say how you can appeal. Please contact our support.')]
    : howToAppeal.split(/\n\s*\n/).map((text) => paragraph(text.trim()))
