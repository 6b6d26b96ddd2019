import { Command } from 'commander'
import { healthCommand } from './health.ts'
import { restateCommand } from './restate.ts'
import { transparencyCommand } from './transparency.ts'

export const reportCommand = (): Command =>
  new Command('report')
    .addCommand(healthCommand())
    .addCommand(transparencyCommand())
    .addCommand(restateCommand())
