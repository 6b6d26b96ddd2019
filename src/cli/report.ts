import { Command } from 'commander'
import { healthCommand } from './report-health.ts'
import { restateCommand } from './report-restate.ts'
import { transparencyCommand } from './report-transparency.ts'

export const reportCommand = (): Command =>
  new Command('report')
    .summary('reports on how enforcement goes')
    .addCommand(healthCommand())
    .addCommand(transparencyCommand())
    .addCommand(restateCommand())
