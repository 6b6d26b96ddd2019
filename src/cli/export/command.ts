import { Command } from 'commander'
import { exportParquetCommand } from './parquet.ts'
import { exportStatementsCommand } from './statements.ts'

export const exportCommand = (): Command =>
  new Command('export')
    .description('Exports the projections, as redress project last published them, for other programs.')
    .addCommand(exportParquetCommand())
    .addCommand(exportStatementsCommand())
