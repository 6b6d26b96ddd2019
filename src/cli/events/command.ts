import { Command } from 'commander'
import { eventsCheckCommand } from './check.ts'
import { eventsListCommand } from './list.ts'
import { eventsSampleCommand } from './sample.ts'
import { eventsSchemaCommand } from './schema.ts'

export const eventsCommand = (): Command =>
  new Command('events')
    .description(
      'For teams that publish events: lists the types, prints the JSON Schema and a sample of each, and checks files as ' +
        'ingest would. Needs no ledger.',
    )
    .addCommand(eventsListCommand())
    .addCommand(eventsSchemaCommand())
    .addCommand(eventsSampleCommand())
    .addCommand(eventsCheckCommand())
