import { publish, type SimulatedAccount } from '../account.ts'
import { MINUTE, SECOND } from '../calendar.ts'
import { statementOf } from '../words/statements.ts'
import { services } from './directory.ts'

/** For most decisions, sends the account's owner a statement of reasons; `restriction` null for a removal. */
export const sendStatement = (
  account: SimulatedAccount,
  decisionId: string,
  decidedAt: number,
  category: string,
  restriction: string | null,
): void => {
  const { random, language, theme } = account
  if (!random.chance(restriction === null ? 800 : 960)) return
  publish(account, services.notices, 'notice.sent.v1', decidedAt + random.between(2 * SECOND, 10 * MINUTE), {
    decisionId,
    channel: random.pick(['email', 'email', 'in_app']),
    template: {
      id: restriction === null ? 'content-removed' : 'account-deactivated',
      version: '7',
      language,
    },
    personal: { statement: statementOf(random, language, theme, category, restriction) },
  })
}
