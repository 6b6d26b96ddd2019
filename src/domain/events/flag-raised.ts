import { closed, listOf } from '../codec.ts'
import { defineEvent } from '../definition/event-definition.ts'
import { detectorName, listed, minute, onContent, rulesetName, signalsSeen } from '../definition/story.ts'
import { DecisionId, FlagId, Id } from '../ids.ts'
import { Detector, FlaggedContent, FlagSource, RulesetRef, Signals } from '../parts.ts'
import { instantOf } from '../time.ts'
import { contentSample, detectorSample, rulesetSample, signalsSample } from './sample-parts.ts'

const data = closed(
  'flag.raised',
  { flagId: FlagId, category: Id, source: FlagSource, detector: Detector, signals: Signals },
  {
    content: FlaggedContent,
    noticeId: Id,
    rule: closed('an object {id}', { id: Id }),
    ruleset: RulesetRef,
    becauseOf: listOf(DecisionId, 'a list of decision ids'),
  },
)

const sources = {
  own_initiative: '',
  user_notice: 'after a user\u2019s notice',
  trusted_flagger: 'after a trusted flagger\u2019s notice',
  authority: 'after an authority\u2019s order',
} as const
const voidedBy = {
  dismissal: 'dismissal',
  reversal: 'a reversal',
  appeal: 'a successful appeal',
} as const

export const flagRaised = defineEvent({
  type: 'flag.raised.v1',
  since: 1,
  says: 'A detector found something about an account or its content; what it saw is recorded with it.',
  fields: {
    flagId: 'Identifies the flag; unique across the platform.',
    category: "What was found, in the platform's codes.",
    source: 'Who or what led to the flag.',
    content: 'What the flag is about; omitted if it is about the account itself.',
    noticeId: 'The notice that led to the flag.',
    rule: 'The rule that fired.',
    ruleset: 'The version of the rules that the detector used.',
    becauseOf: 'Decisions without which this flag would not exist, such as the ban that was evaded.',
  },
  incoming: data,
  stored: data,
  rank: 2,
  stream: 'account',
  onlyInforms: false,
  names: null, // `becauseOf` may refer to another account's decisions
  columns: {
    flagId: 'the flag that was raised, dismissed or rescored',
    category: 'what a flag, a decision, a notice or an order is for',
    'content.owner': 'whose content it is, as the service that flagged it knows it',
    source: { name: 'flag_source', about: 'what led to a flag' },
    'rule.id': 'the rule that a flag names',
    'ruleset.sha256': 'the hash of its document, if the event gives it',
    becauseOf: 'earlier decisions because of which a flag was raised',
  },
  story: ({ data: flag }, { flag: known }) => {
    const { detector, rule, ruleset, signals } = flag
    const finder = detectorName(detector)
    const under = ruleset === undefined ? '' : ` (${rulesetName(ruleset)})`
    const asked = sources[known?.source ?? flag.source]
    const noticed = flag.noticeId === undefined ? asked : `${asked || 'notice'} ${flag.noticeId}`
    const voided = known?.voided ?? null
    const rescored = known?.rescorings.at(-1)
    return {
      headline: `flag ${flag.flagId}  ${flag.category}${onContent(flag.content)}`,
      details: [
        rule === undefined ? `by ${finder}${under}` : `by rule ${rule.id}${under}, ${finder}`,
        signalsSeen(signals),
        ...(noticed === '' ? [] : [noticed]),
        ...(flag.becauseOf === undefined ? [] : [`because of ${listed(flag.becauseOf)}`]),
        ...(rescored === undefined
          ? []
          : [`rescored ${minute(instantOf(rescored.time))}, by ${detectorName(rescored.data.detector)}`]),
        ...(voided === null ? [] : [`void since ${minute(voided.at)}, by ${voidedBy[voided.by]}`]),
      ],
    }
  },
  sample: {
    flagId: 'f1',
    content: { ...contentSample, owner: 'u3a2ad8da' },
    category: 'adult_content',
    source: 'own_initiative',
    noticeId: 'n1',
    detector: detectorSample,
    rule: { id: 'adult.explicit' },
    ruleset: rulesetSample,
    signals: signalsSample,
    becauseOf: ['d0'],
  },
})
