const WIDTH = 110

/** JSON for people: on one line if it fits, otherwise a line for each member, indented by two blanks. */
export const jsonText = (value: unknown): string => `${written(value, '', '')}\n`

/** `before` is already on the line, and a comma may follow. */
const written = (value: unknown, indent: string, before: string): string => {
  const short = onOneLine(value)
  if (typeof value !== 'object' || value === null) return short
  if (indent.length + before.length + short.length < WIDTH) return short
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const deeper = `${indent}  `
  const members = membersOf(value).map(([key, member]) => `${deeper}${key}${written(member, deeper, key)}`)
  return `${open}\n${members.join(',\n')}\n${indent}${close}`
}

const onOneLine = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = membersOf(value).map(([key, member]) => `${key}${onOneLine(member)}`)
  if (Array.isArray(value)) return `[${members.join(', ')}]`
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** The prefix of each member, and the member. */
const membersOf = (value: object): ReadonlyArray<readonly [string, unknown]> =>
  Array.isArray(value)
    ? value.map((item: unknown) => ['', item])
    : Object.entries(value).map(([key, member]) => [`${JSON.stringify(key)}: `, member])
