import { Command } from 'commander'
import { healthCommand } from './health.ts'
import { restateCommand } from './restate.ts'
import { transparencyCommand } from './transparency.ts'

export const reportCommand = (): Command =>
  new Command('report')
    .summary('reports on how enforcement goes')
    .addCommand(healthCommand())
    .addCommand(transparencyCommand())
    .addCommand(restateCommand())
