import { isObject, type Refusal } from './check.ts'
import { refuseType } from './scope.ts'

/** A type name with its precision and list brackets: `DECIMAL(18, 3)[]`. */
const TYPE = /^([A-Z][A-Z0-9_ ]*?)(?:\(\d+(?:,\s*\d+)?\))?(?:\[\d*\])*$/i

/** Why the types that a text of JSON names for `from_json` are refused: `{"a": "INTEGER", "b": ["VARCHAR"]}`. */
export const refuseStructure = (text: string): Refusal | null => {
  let structure: unknown
  try {
    structure = JSON.parse(text)
  } catch {
    return `the types of from_json() are not valid JSON: ${text.slice(0, 60)}`
  }
  // Not recursive: a text may nest deeper than the stack.
  const open = [structure]
  for (let types = open.pop(); types !== undefined; types = open.pop()) {
    if (Array.isArray(types)) open.push(...types)
    else if (isObject(types)) open.push(...Object.values(types))
    else {
      const refusal = refuseType(typeof types === 'string' ? (TYPE.exec(types)?.[1] ?? types) : String(types))
      if (refusal !== null) return refusal
    }
  }
  return null
}
