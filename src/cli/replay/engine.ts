import { type Command, Option } from 'commander'
import type * as E from '#fp/Either'
import type { AppError } from '../../app/error.ts'
import type { EngineOptions } from '../../app/replay/engine.ts'
import type { PlanStep } from '../../replay/columnar/plan.ts'
import type { Window } from '../../replay/result/replay.ts'
import { type Engine, engines } from '../../replay/result/summary.ts'
import { CliError, exitCodes, noteLine } from '../output.ts'
import { resultOrUsage } from '../result.ts'
import { type ReadingOptions, readingOf, type WindowOptions, watchReading } from './loading.ts'
import { planLines } from './plan.ts'

/** How a history is judged. */
export type JudgingOptions = WindowOptions &
  ReadingOptions & { readonly engine: Engine; readonly full?: boolean; readonly explainPlan?: boolean }

/** `--engine ENGINE`. */
export const engineOption = (): Option =>
  new Option(
    '--engine <engine>',
    'columnar reads the projections (redress project), and the ledger only for later events; reference reads the ledger alone. The result is the same',
  )
    .choices(engines)
    .default('columnar')

/** Adds the options of the engines. */
export const addEngineOptions = (command: Command): Command =>
  command
    .addOption(engineOption())
    .option(
      '--full',
      'judge everything; by default, the columnar engine keeps the result of the rules as they were in the data folder, and judges only the accounts that the correction can touch. The result is the same',
    )
    .option(
      '--explain-plan',
      'print the steps of the columnar engine on stderr: what each found, and its SQL',
    )

/** Runs a use case that judges a history, with a progress bar and the notes that were asked for; throws `CliError`. */
export const judgingWith = async <A>(
  options: JudgingOptions,
  judge: (judging: EngineOptions & { readonly window: Window }) => Promise<E.Either<AppError, A>>,
): Promise<A> => {
  const reading = readingOf(options)
  const { engine, full = false, explainPlan = false } = options
  if (explainPlan && (engine === 'reference' || reading.withoutDamaged)) {
    throw new CliError('--explain-plan needs the columnar engine', exitCodes.usage)
  }
  const steps: PlanStep[] = []
  const { stop, ...watch } = watchReading(engine === 'columnar' ? 'Replaying' : 'Reading the ledger')
  const judged = await judge({
    ...reading,
    ...{ engine, full },
    onStep: (step) => steps.push(step),
    onReference: (reason) => noteLine(`redress: reading the ledger: ${reason}`),
    window: { from: options.from ?? null, to: options.to ?? null },
    ...watch,
  }).finally(stop)
  if (explainPlan) for (const line of steps.flatMap(planLines)) noteLine(line)
  return resultOrUsage(judged)
}
