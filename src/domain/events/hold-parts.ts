/** What the subject of a hold's events is. */
export const holdSubject = {
  of: ({ holdId }: { readonly holdId: string }) => holdId,
  expected: 'the id of the hold (data.holdId)',
  says: 'The hold: the same as data.holdId.',
}
