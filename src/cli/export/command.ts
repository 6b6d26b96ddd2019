import { Command } from 'commander'
import { exportParquetCommand } from './parquet.ts'
import { exportStatementsCommand } from './statements.ts'

export const exportCommand = (): Command =>
  new Command('export')
    .description('Writes what redress project published last, for other programs to read.')
    .addCommand(exportParquetCommand())
    .addCommand(exportStatementsCommand())
