import { Command, Option } from 'commander'
import { eventSchema } from '../../domain/json-schema/event-schema.ts'
import { printJson } from '../output.ts'
import { ALWAYS_JSON, typeArgument } from './type-argument.ts'

export const eventsSchemaCommand = (): Command =>
  new Command('schema')
    .summary('print the JSON Schema of an event type')
    .description(
      'Prints the JSON Schema (draft 2020-12) of a complete event of a type, as services publish it. Some rules cannot be ' +
        'expressed in a schema; redress events check applies all of them.',
    )
    .argument('<type>', 'the type, such as flag.raised.v1')
    .addOption(new Option('--json', ALWAYS_JSON))
    .addHelpText('after', '\nExample:\n  redress events schema flag.raised.v1 > flag.raised.v1.json')
    .action((type: string) => printJson(eventSchema(typeArgument(type))))
