import { nothingWrong } from '../corrections.ts'
import { noMistakes, type Scenario } from '../persona.ts'

export const calm: Scenario = {
  name: 'calm',
  says: 'nothing goes wrong',
  mistakes: noMistakes,
  wrongEvidence: nothingWrong,
  faulty: [],
  personas: [],
}
