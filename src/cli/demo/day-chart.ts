import type { Row } from '../../replay/result/rows.ts'

/** Bans of one day: how many were wrongful, and how many were upheld. */
type Day = { readonly date: string; wrongful: number; upheld: number }

/**
 * A bar chart of deactivations by day (UTC), wrongful against upheld, from the first day that has one to the last; bars
 * are scaled so that the day with the most fills `width` characters.
 */
export const dayChart = (rows: ReadonlyArray<Row>, width: number): ReadonlyArray<string> => {
  const days = countByDay(rows)
  const most = Math.max(1, ...days.map(({ wrongful, upheld }) => wrongful + upheld))
  const scale = (n: number): number => (n === 0 ? 0 : Math.max(1, Math.round((n / most) * width)))
  const digits = String(most).length
  return [
    `            ${'wrongful'.padStart(digits)} upheld   (\u2588 wrongful, \u2591 upheld)`,
    ...days.map(({ date, wrongful, upheld }) => {
      const figures = `${String(wrongful).padStart(Math.max(8, digits))} ${String(upheld).padStart(6)}`
      return `${date}  ${figures}   ${'\u2588'.repeat(scale(wrongful))}${'\u2591'.repeat(scale(upheld))}`.trimEnd()
    }),
  ]
}

const countByDay = (rows: ReadonlyArray<Row>): ReadonlyArray<Day> => {
  const found = new Map<string, Day>()
  for (const row of rows) {
    if (row.kind !== 'deactivation' || row.decisionId === null) continue
    const wrongful = row.class === 'wrongful' || row.class === 'unexplained_wrongful'
    if (!wrongful && row.class !== 'upheld' && row.class !== 'unexplained_upheld') continue
    const date = row.occurredAt.slice(0, 10)
    const day = found.get(date) ?? { date, wrongful: 0, upheld: 0 }
    if (wrongful) day.wrongful++
    else day.upheld++
    found.set(date, day)
  }
  const dates = [...found.keys()].sort()
  const [first, last] = [dates.at(0), dates.at(-1)]
  if (first === undefined || last === undefined) return []
  const days: Day[] = []
  for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000) {
    const date = new Date(at).toISOString().slice(0, 10)
    days.push(found.get(date) ?? { date, wrongful: 0, upheld: 0 })
  }
  return days
}
