import { Command, Option } from 'commander'
import { eventSchema } from '../../domain/json-schema/event-schema.ts'
import { printJson } from '../output.ts'
import { ALWAYS_JSON, typeArgument } from './type-argument.ts'

export const eventsSchemaCommand = (): Command =>
  new Command('schema')
    .summary('print the JSON Schema of a type of event')
    .description(
      'Prints the JSON Schema (draft 2020-12) of a whole event of a type, as services publish it. Some rules no schema can ' +
        'express: redress events check knows all of them.',
    )
    .argument('<type>', 'the type, such as flag.raised.v1')
    .addOption(new Option('--json', ALWAYS_JSON))
    .addHelpText('after', '\nExample:\n  redress events schema flag.raised.v1 > flag.raised.v1.json')
    .action((type: string) => printJson(eventSchema(typeArgument(type))))
