/** A part of a page, in any format. All text is plain: it has no markup of its own. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: ReadonlyArray<Item> }
  /** What somebody wrote, line by line. */
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'table'
      readonly about: string
      readonly head: ReadonlyArray<string>
      readonly rows: ReadonlyArray<ReadonlyArray<string>>
    }

/** What happened at a time, and what somebody wrote then. */
export type Item = { readonly text: string; readonly quote: string | null }

type OwnerSection = { readonly heading: string; readonly blocks: ReadonlyArray<Block> }

export type OwnerPage = {
  readonly title: string
  /** What it is about, in one line. */
  readonly about: string
  readonly sections: ReadonlyArray<OwnerSection>
  /** Where it comes from. */
  readonly foot: string
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text })
