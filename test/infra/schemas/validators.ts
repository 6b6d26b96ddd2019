import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { type EventType, publishedTypes } from '../../../src/domain/event.ts'

/** As a service team would have it, and strict. The format of times is not looked at: their pattern says it all. */
const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true } })

const schemaOfFile = (type: EventType): AnySchemaObject =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../../infra/schemas/${type}.json`), 'utf8'))

const validators: ReadonlyMap<unknown, ValidateFunction> = new Map(
  publishedTypes.map((type) => [type, ajv.compile(schemaOfFile(type))]),
)

/** Whether the schema of an event type accepts it. */
export const acceptedAs = (type: EventType, json: unknown): boolean => validators.get(type)?.(json) ?? false

/** Whether the schema of the type that an event says it has accepts it. */
export const schemaAccepts = (json: unknown): boolean => {
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined
  return validators.get(type)?.(json) ?? false
}
