import * as fc from 'fast-check'
import * as E from '#fp/Either'
import { compileRuleset } from '../../src/rulesets/document.ts'
import { type Document, documentOf } from './histories.ts'

type Change = (document: Document) => Document
const changeRule =
  (
    id: string,
    change: (rule: Document['rules'][number]) => ReadonlyArray<Document['rules'][number]>,
  ): Change =>
  (document) => ({
    ...document,
    rules: document.rules.flatMap((rule) => (rule.id === id ? change(rule) : [rule])),
  })

/** One thing that may be different in the next version, or be corrected. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom('a', 'b').chain((id) =>
    fc.oneof(
      fc
        .integer({ min: 0, max: 10 })
        .map((score) => changeRule(id, (rule) => [{ ...rule, when: `signals.score >= ${score}` }])),
      fc.constantFrom(
        changeRule(id, (rule) => [{ ...rule, id: `${id}2`, replaces: [id] }]),
        changeRule(id, (rule) => [{ ...rule, category: 'gamma' }]),
        changeRule(id, (rule) => [{ ...rule, strikes: 3 }]),
        changeRule(id, (rule) => [{ ...rule, strikes_expire_after: '2d' }]),
        changeRule(id, (rule) => [{ ...rule, removes_content: rule.removes_content !== true }]),
        changeRule(id, () => []),
        changeRule(id, (rule) => [rule, { ...rule, id: 'extra' }]),
        changeRule(id, (rule) => [
          { ...rule, when: `${rule.when} && (detector.kind != "human" || has(content.id))` },
        ]),
      ),
    ),
  ),
  fc.constant<Change>((document) => ({ ...document, rules: document.rules.toReversed() })),
  fc.constant<Change>((document) => ({
    ...document,
    signals: { ...document.signals, score: 'double' },
    rules: document.rules.map((rule) => ({
      ...rule,
      when: rule.when.replace(/(score >= \d+)(?![\d.])/, '$1.0'),
    })),
  })),
  fc.integer({ min: 1, max: 4 }).map(
    (atLeast): Change =>
      (document) => ({
        ...document,
        deactivations: document.deactivations.map((policy) => ({ ...policy, at_least: atLeast })),
      }),
  ),
)

/** Each version as the one before it but for a few changes: most of what the rules say stays as it is. */
export const similarDocuments: fc.Arbitrary<ReadonlyArray<Document>> = fc
  .tuple(documentOf('v1'), fc.array(fc.array(change, { maxLength: 2 }), { minLength: 1, maxLength: 3 }))
  .map(([first, steps]) => {
    const documents = [first]
    let last = first
    for (const [n, changes] of steps.entries()) {
      for (const next of changes) last = next(last)
      last = { ...last, version: `v${n + 2}` }
      documents.push(last)
    }
    return documents
  })
  .filter((documents) => documents.every((document) => E.isRight(compileRuleset(document))))
