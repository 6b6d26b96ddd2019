import { Command } from 'commander'
import { healthCommand } from './report-health.ts'

export const reportCommand = (): Command =>
  new Command('report').summary('reports on how enforcement goes').addCommand(healthCommand())
