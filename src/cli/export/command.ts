import { Command } from 'commander'
import { exportParquetCommand } from './parquet.ts'
import { exportStatementsCommand } from './statements.ts'

export const exportCommand = (): Command =>
  new Command('export')
    .summary('write what is projected for other programs')
    .description('Writes what redress project published last, for other programs to read.')
    .addCommand(exportParquetCommand())
    .addCommand(exportStatementsCommand())
