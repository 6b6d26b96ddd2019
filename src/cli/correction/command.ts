import { Command } from 'commander'
import { correctionCheckCommand } from './check.ts'
import { rescoreListCommand } from './rescore-list.ts'

export const correctionCommand = (): Command =>
  new Command('correction')
    .description(
      'Works with corrections, documents that say what was wrong with the rules, the evidence, or both: checks what one ' +
        'covers, and lists the flags that a detector must look at again. redress replay --correction says what follows.',
    )
    .addCommand(correctionCheckCommand())
    .addCommand(rescoreListCommand())
