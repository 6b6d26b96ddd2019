import { InvalidArgumentError } from 'commander'
import type { Suspect } from '../../domain/suspect.ts'

const EXAMPLE = 'rule=adult.explicit@2025-04-28'
const WRONG = `Give ruleset, rule, detector (each with @VERSION if you know it), decided-by=KIND:ID or source, separated by commas: ${EXAMPLE}`
const TWICE =
  'Name each part of a suspect once, and one version of a ruleset; give another --suspect for more.'

/** Parses what may be at fault: `rule=ID@VERSION,detector=ID@VERSION,decided-by=KIND:ID`; adds it to those given before. */
export const suspectArgument = (
  text: string,
  before: ReadonlyArray<Suspect> = [],
): ReadonlyArray<Suspect> => {
  const suspect: Record<string, unknown> = {}
  const named = new Set<string>()
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/s.exec(part) ?? []
    const [id = '', version, more] = value.split('@')
    if (id === '' || version === '' || more !== undefined) throw new InvalidArgumentError(WRONG)
    if (named.has(name)) throw new InvalidArgumentError(TWICE)
    named.add(name)
    if (name === 'ruleset' || name === 'rule') {
      suspect[name] = id
      if (version === undefined) continue
      if (suspect.version !== undefined && suspect.version !== version) throw new InvalidArgumentError(TWICE)
      suspect.version = version
    } else if (name === 'detector') {
      suspect.detector = version === undefined ? { id } : { id, version }
    } else if (name === 'decided-by') {
      const [kind = '', ...rest] = value.split(':')
      suspect.decidedBy = { kind, id: rest.join(':') }
    } else if (name === 'source') {
      suspect.source = value
    } else throw new InvalidArgumentError(WRONG)
  }
  // Cast: what was typed; the use case checks it.
  return [...before, suspect as Suspect]
}
