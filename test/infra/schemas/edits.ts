import { pathsIn } from '../../domain/samples.ts'
import { valueAt } from './probes.ts'

type Path = ReadonlyArray<string>

/** The same JSON with the value at a path changed. `__proto__` is a field like any other here. */
export const altered = (
  json: unknown,
  [key, ...rest]: Path,
  change: (value: unknown) => unknown,
): unknown => {
  if (key === undefined) return change(json)
  if (Array.isArray(json)) {
    return json.map((item, index) => (String(index) === key ? altered(item, rest, change) : item))
  }
  if (!isHolder(json)) return json
  const members = Object.entries(json).map(([name, inside]) => [
    name,
    name === key ? altered(inside, rest, change) : inside,
  ])
  return Object.fromEntries(members)
}

/** The same JSON with another value at a path. */
export const replaced = (json: unknown, path: Path, value: unknown): unknown =>
  altered(json, path, () => value)

/** The same JSON with one member more in the object or list at a path. */
export const extended = (json: unknown, path: Path, name: string, value: unknown): unknown =>
  altered(json, path, (holder) => {
    if (Array.isArray(holder)) return [...holder, value]
    return isHolder(holder) ? Object.fromEntries([...Object.entries(holder), [name, value]]) : holder
  })

/** The same JSON without what is at a path. */
export const without = (json: unknown, path: Path): unknown => {
  const last = path.at(-1)
  return altered(json, path.slice(0, -1), (holder) => {
    if (Array.isArray(holder)) return holder.filter((_, index) => String(index) !== last)
    if (!isHolder(holder)) return holder
    return Object.fromEntries(Object.entries(holder).filter(([key]) => key !== last))
  })
}

/** The places in it where there are objects or lists, itself included. */
export const holdersIn = (json: unknown): ReadonlyArray<Path> =>
  [[], ...pathsIn(json)].filter((path) => isHolder(valueAt(json, path)))

const isHolder = (u: unknown): u is object => typeof u === 'object' && u !== null
