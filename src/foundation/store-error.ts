/** Why a store did not do what was asked. */
export type StoreError =
  /** The store cannot be opened as it is: its version, its settings, its schema. */
  | { readonly kind: 'unusable'; readonly message: string }
  /** The store did not do what was asked (disk full, locked, a read that failed); nothing was acknowledged. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** What is stored is not what was written, as a hash or a gap in the numbers shows. */
  | { readonly kind: 'corrupt'; readonly message: string }
