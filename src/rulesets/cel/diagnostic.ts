/** What is wrong with a condition, where (in UTF-16 units from 0), and what to do about it. */
export type Diagnostic = { readonly offset: number; readonly message: string; readonly hint: string | null }
