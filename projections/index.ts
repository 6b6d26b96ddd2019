import { accounts } from './accounts.ts'
import { appeals } from './appeals.ts'
import { decisions } from './decisions.ts'
import { incidents } from './incidents.ts'
import type { Projection } from './projection.ts'
import { remediations } from './remediations.ts'
import { requests } from './requests.ts'
import { rescorings } from './rescorings.ts'
import { ruleHealth } from './rule-health.ts'

/** Every projection that is a fold. (`events`, the history that they fold, belongs to the runner.) */
export const projections: ReadonlyArray<Projection> = [
  accounts,
  decisions,
  appeals,
  ruleHealth,
  rescorings,
  incidents,
  remediations,
  requests,
]
