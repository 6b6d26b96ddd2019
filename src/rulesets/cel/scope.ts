import type { CelError, CelInput } from '@bufbuild/cel'
import type { SignalType } from '../ruleset.ts'

/** What a condition reads: names such as `signals.link_count`, `detector.kind`, `content.id`. */
export type Reads = {
  readonly values: ReadonlySet<string>
  /** Those whose presence it tests with `has()`. */
  readonly presences: ReadonlySet<string>
}

/** A field that a condition may read. */
export type Field = {
  readonly type: SignalType
  /** Whether it can be missing: only then may `has()` test it. */
  readonly optional: boolean
  /** The words that it can have; absent: any. */
  readonly words?: { readonly name: string; readonly is: (word: string) => boolean }
}

/** A name with fields, such as `detector`. */
export type Root = {
  readonly fields: ReadonlyMap<string, Field>
  /** Where authors declare its fields: what one is called, and how to add one. */
  readonly declared?: { readonly noun: string; readonly hint: string }
}

/** The names that a condition may read. */
export type ConditionNames = {
  readonly roots: ReadonlyMap<string, Root>
  /** What to do instead of what is refused (a function, an operator as CEL names it, `null`), where these names are read. */
  readonly instead: ReadonlyMap<string, string>
}

/** The variables of one evaluation, under qualified names (`detector.kind`), which CEL looks up before the parts of a name. */
export type Variables = Record<string, CelInput | CelError>

/** The names that a condition may read, and where an input has their values. */
export type ConditionScope<Input> = ConditionNames & {
  /** Returns what sets the variables that a condition reads; each call overwrites all of them. `missing` stands for no value. */
  readonly binder: (reads: Reads, missing: CelError) => (input: Input, variables: Variables) => void
}

/** The names below a root that are among these, without the root. */
export const namesBelow = (root: string, names: ReadonlySet<string>): ReadonlyArray<string> =>
  [...names].filter((name) => name.startsWith(`${root}.`)).map((name) => name.slice(root.length + 1))
