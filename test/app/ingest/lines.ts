/** A line that is taken in: the dismissal of a flag. */
export const goodLine = (id: string, account = 'u1'): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: '/test',
    type: 'flag.dismissed.v1',
    subject: account,
    time: '2025-04-29T00:00:00Z',
    data: { flagId: `f-${id}`, reviewer: { kind: 'human', id: 'r1' } },
  })

/** Lines that are taken in, the text of a file. */
export const goodLines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${goodLine(`e${i}`)}\n`).join('')
