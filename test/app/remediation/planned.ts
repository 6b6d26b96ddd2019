import { readFileSync } from 'node:fs'
import { openIncident } from '../../../src/app/incident/open.ts'
import { type PlanOptions, planRemediation } from '../../../src/app/remediation/plan.ts'
import type { Suspect } from '../../../src/domain/suspect.ts'
import { parseWaves } from '../../../src/incidents/remediation/plan/waves.ts'
import { correctionOfRules } from '../../../src/replay/correction/correction.ts'
import { parseRuleset } from '../../../src/rulesets/document.ts'
import { unwrap } from '../../ledger/events.ts'
import { judging, nothingTold } from '../replay/judging.ts'
import { clock, record, vectorEvents, vectorFile } from '../use-case.ts'

const VECTOR = '05-cascade-across-accounts'

// Cast: what the command line made of its options.
const suspects = [{ rule: 'adult.explicit' }] as unknown as ReadonlyArray<Suspect>

/** Records a history in which one wrongful ban led to two others, and opens an incident about it; returns its id. */
export const wrongedIn = async (data: string): Promise<string> => {
  await record(data, vectorEvents(VECTOR))
  return unwrap(await openIncident({ data, clock, title: 'quilts', suspects, by: 'ana' }))
}

/** Plans for an incident of that history, as ana unless said otherwise. */
export const planFor = (data: string, incidentId: string, change: Partial<PlanOptions> = {}) =>
  planRemediation({
    ...judging(data, nothingTold()),
    ...{ clock, incidentId, by: 'ana', sample: 300, waves: unwrap(parseWaves('1,100%')) },
    ...{ except: [], exceptWhere: null, allowUnknown: false, onPlanning: () => {} },
    correction: correctionOfRules(
      unwrap(parseRuleset(readFileSync(vectorFile(VECTOR, 'corrected.json'), 'utf8'))),
    ),
    ...change,
  })
