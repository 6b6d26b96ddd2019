/** What the subject of an incident's events is. */
export const incidentSubject = {
  of: ({ incidentId }: { readonly incidentId: string }) => incidentId,
  expected: 'the id of the incident (data.incidentId)',
  says: 'The incident: the same as data.incidentId.',
}
