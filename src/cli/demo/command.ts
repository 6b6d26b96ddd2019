import { Command, Option } from 'commander'
import { runDemo } from '../../app/demo/demo.ts'
import { demoJson } from '../../app/demo/demo-json.ts'
import { jsonOption, printJson, printLine, wholeNumber } from '../output.ts'
import { progressOfParts } from '../progress.ts'
import { resultOrFail } from '../result.ts'
import { demoLines } from './report.ts'

type Options = {
  readonly out: string
  readonly seed: number
  readonly accounts: number
  readonly json?: boolean
}

export const demoCommand = (): Command =>
  new Command('demo')
    .description(
      'Simulates ten weeks of a platform whose enforcement goes wrong in nine ways, records its events in a ledger as they ' +
        'arrive, shows what rehearsals and tripwires said of it and when alarms would have sounded, replays them under the corrected ruleset, and compares the ' +
        'list of who must be reinstated with the ground truth. ' +
        'Then the same for a smaller platform whose rules were right and whose evidence was not, by a correction.',
    )
    .addOption(
      new Option('--out <dir>', 'the folder for all files; an earlier demo there is replaced').default(
        './redress-demo',
      ),
    )
    .addOption(new Option('--seed <n>', 'the random seed').default(1).argParser(wholeNumber(0)))
    .addOption(
      new Option('--accounts <n>', 'the number of accounts (about ten events each)')
        .default(4_000)
        .argParser(wholeNumber(1_000)),
    )
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  redress demo --accounts 5000 --out /tmp/redress-demo')
    .action(async ({ out: folder, seed, accounts, json }: Options) => {
      const started = performance.now()
      const progress = progressOfParts()
      const done = await runDemo({
        ...{ folder, seed, accounts },
        onSimulate: progress.part('Simulating', 'events'),
        onRecord: progress.part('Recording', 'events'),
        onRead: progress.part('Reading the ledger', 'events'),
      }).finally(progress.stop)
      const demo = resultOrFail(done)
      const seconds = (performance.now() - started) / 1000
      if (json === true) {
        return printJson({ ...demoJson(demo, { accounts }), seconds: Math.round(seconds * 10) / 10 })
      }
      for (const line of demoLines({ ...demo, accounts, seconds }, process.stdout.columns ?? 110)) {
        printLine(line)
      }
    })
