import type { OwnerFinding, OwnerGround, OwnerRule, OwnerSignal, OwnerStatement } from './codec.ts'
import { type Block, paragraph } from './page.ts'
import { moment, plain } from './phrases.ts'

/** The findings that a decision is based on, each with its rule and signals. */
export const groundBlocks = ({ grounds }: OwnerStatement): ReadonlyArray<Block> =>
  grounds.length === 0
    ? [
        paragraph(
          'No finding is on record as a ground for this decision, so we cannot show you what it was based on.',
        ),
      ]
    : [
        paragraph(
          grounds.length === 1 ? 'It is based on one finding.' : `It is based on ${grounds.length} findings.`,
        ),
        ...grounds.flatMap((ground, i) => [
          { kind: 'heading', text: grounds.length === 1 ? 'The finding' : `Finding ${i + 1}` } as const,
          ...findingBlocks(ground),
        ]),
      ]

const findingBlocks = ({ flagId, finding }: OwnerGround): ReadonlyArray<Block> => {
  if (finding === null) {
    return [
      paragraph(`The decision names a finding ${flagId}, which the record of your account does not contain.`),
    ]
  }
  return [
    paragraph(`${found(finding)} ${sources[finding.source]}`),
    ...(finding.becauseOf === 0
      ? []
      : [
          paragraph(
            `It was made because of ${finding.becauseOf === 1 ? 'one earlier decision' : `${finding.becauseOf} earlier decisions`} of ours. If ${finding.becauseOf === 1 ? 'that was' : 'those were'} wrong, this may be wrong too.`,
          ),
        ]),
    ...ruleBlocks(finding.rule),
    ...signalBlocks(finding),
    ...(finding.voided === null
      ? []
      : [
          paragraph(
            `This finding no longer counts. It has been void since ${moment(finding.voided.at)}: ${voidings[finding.voided.by]}.`,
          ),
        ]),
  ]
}

const finders = {
  rule: 'an automatic check',
  model: 'a computer model',
  hash_match: 'a match with a list of known files',
}
const sources = {
  own_initiative: 'We looked into it on our own initiative: no notice is on record.',
  user_notice: 'We looked into it because of a notice from a user.',
  trusted_flagger:
    'We looked into it because of a notice from a trusted flagger, a body whose notices come first by law.',
  authority: 'We looked into it because of an order from an authority.',
} as const
const voidings = {
  dismissal: 'it was reviewed and dismissed',
  reversal: 'a decision based on it was reversed',
  appeal: 'an appeal against a decision based on it was won',
} as const

const found = ({ at, category, content, detector }: OwnerFinding): string => {
  const about = content === null ? 'your account' : `your ${plain(content.kind)} ${content.id}`
  const by =
    detector.kind === 'human'
      ? 'a person on our side'
      : `${finders[detector.kind]} (${detector.id}, version ${detector.version})`
  return `On ${moment(at)} ${by} marked ${about} as: ${plain(category)}.`
}

const ruleBlocks = (rule: OwnerRule | null): ReadonlyArray<Block> => {
  if (rule === null) return [paragraph('No rule is on record for it.')]
  if (rule.condition === null) {
    return [paragraph(`The rule is called ${rule.id}. What it said is not on record.`)]
  }
  const points =
    rule.strikes === 0
      ? ''
      : ` It put ${rule.strikes} ${rule.strikes === 1 ? 'point' : 'points'} on your account${rule.strikesUntil === null ? ', with no end date' : `, until ${moment(rule.strikesUntil)}`}.`
  return rule.isInWords
    ? [paragraph(`The rule is called ${rule.id}. It requires everything in the last column.${points}`)]
    : [
        paragraph(`The rule is called ${rule.id}.${points} This is how it is written:`),
        { kind: 'code', text: rule.condition },
      ]
}

const signalBlocks = ({ signals, rule }: OwnerFinding): ReadonlyArray<Block> => {
  if (signals.length === 0) return [paragraph('No signals (the facts that were measured) are on record.')]
  const isInWords = rule?.isInWords === true
  return [
    {
      kind: 'table',
      about: 'Signals: the facts that were measured',
      head: isInWords ? ['Signal', 'On record', 'The rule requires'] : ['Signal', 'On record'],
      rows: signals.map((signal) => [
        plain(signal.name),
        shown(signal),
        ...(isInWords ? [signal.asked ?? 'nothing'] : []),
      ]),
    },
  ]
}

const shown = ({ value, isWithheld }: OwnerSignal): string =>
  isWithheld
    ? 'on record, not shown here'
    : value === null
      ? 'not recorded'
      : typeof value === 'boolean'
        ? value
          ? 'yes'
          : 'no'
        : String(value)
