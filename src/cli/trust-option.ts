import { InvalidArgumentError, Option } from 'commander'
import { Source } from '../domain/ids.ts'
import { type TrustedSource, trustedTypes, unversioned } from '../ingest/accept/trust.ts'

/** `--trust-source [TYPE=]SOURCE...`: whose rulesets, rescorings, audits and declined requests are accepted from a topic. */
export const trustOption = (): Option =>
  new Option(
    '--trust-source <source...>',
    'CloudEvents sources whose rulesets (SOURCE or ruleset.published=SOURCE), rescorings (flag.rescored=SOURCE), audits ' +
      '(decision.audited=SOURCE) or declined requests (reinstatement.declined=SOURCE) are accepted',
  ).argParser(trustArguments)

/** Adds the argument to those before it. */
const trustArguments = (
  text: string,
  before: ReadonlyArray<TrustedSource> = [],
): ReadonlyArray<TrustedSource> => [...before, trustArgument(text)]

const trustArgument = (text: string): TrustedSource => {
  // A source is a URI reference. One such as `a=b`, with no `/` or `:` before the `=`, must be given with its type.
  const [, name, sourceOfType] = /^([\w.]+)=(.*)$/s.exec(text) ?? []
  const type =
    name === undefined ? 'ruleset.published.v1' : trustedTypes.find((one) => unversioned(one) === name)
  if (type === undefined) {
    const forms = trustedTypes.map((one) => `${unversioned(one)}=SOURCE`)
    throw new InvalidArgumentError(
      `Give SOURCE, ${forms.slice(0, -1).join(', ')} or ${forms.at(-1)}; no other type needs a trusted source.`,
    )
  }
  const source = sourceOfType ?? text
  if (!Source.is(source)) throw new InvalidArgumentError(`A source is ${Source.name}.`)
  return { type, source }
}
