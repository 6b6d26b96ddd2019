/**
 * Whether two names are of one person, as far as names show it: `Ana ` is `ana`. It is not proof that two other names are of
 * two people.
 */
export const isSamePerson = (one: string, other: string): boolean => keyOf(one) === keyOf(other)

const keyOf = (name: string): string => name.normalize('NFKC').replaceAll(/\s+/gu, ' ').trim().toLowerCase()
