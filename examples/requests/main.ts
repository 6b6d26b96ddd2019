// A service that carries out what Redress asks for, until Ctrl-C. Run it with a broker:
//   npx node examples/requests/main.ts localhost:9092
import { Kafka, logLevel } from 'kafkajs'
import { followRequests } from './requests.ts'

const [broker = 'localhost:9092', requests = 'redress.requests', events = 'enforcement.events'] =
  process.argv.slice(2)

/** A real service asks its own database: does the account exist, and was this request carried out before? */
const gone: ReadonlySet<string> = new Set(['deleted-last-year'])

const service = await followRequests(
  new Kafka({ brokers: [broker], clientId: 'reinstatement', logLevel: logLevel.ERROR }),
  { requests, events, service: 'reinstatement' },
  async ({ account, kind, requestId }) => {
    const declined = gone.has(account) ? 'account_gone' : null
    console.log(`${account}: ${declined ?? kind} (${requestId})`)
    return declined
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void service.stop())
