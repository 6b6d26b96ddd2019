import { Command, Option } from 'commander'
import { sampleEvent } from '../../domain/sample.ts'
import { jsonText } from '../../foundation/text/json-text.ts'
import { printLine } from '../output.ts'
import { ALWAYS_JSON, typeArgument } from './type-argument.ts'

export const eventsSampleCommand = (): Command =>
  new Command('sample')
    .summary('print a valid event to start from')
    .description(
      'Prints a valid event of a type, with every field that it can have, on one line, as ingest reads it. The output is ' +
        'always the same.',
    )
    .argument('<type>', 'the type, such as flag.raised.v1')
    .addOption(new Option('--json', ALWAYS_JSON))
    .addHelpText(
      'after',
      '\nExamples:\n  redress events sample flag.raised.v1 | jq\n' +
        '  redress events sample appeal.filed.v1 | redress events check -',
    )
    .action((type: string) => printLine(jsonText(sampleEvent(typeArgument(type)))))
