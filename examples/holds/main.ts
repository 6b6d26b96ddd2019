// A service that bans accounts, unless what it goes by is on hold. Run it with a broker:
//   npx node examples/holds/main.ts localhost:9092
import { Kafka, logLevel } from 'kafkajs'
import { type Decision, followHolds } from './holds.ts'

const [broker = 'localhost:9092', topic = 'redress.holds'] = process.argv.slice(2)
const decidedBy = { kind: 'rule', id: 'three-strikes' }
const detector = { id: 'scanner', version: '4.3.1' }
const ground = (rule: string) => ({ ruleset: 'community-guidelines', version: '2025-04-28', rule, detector })

/** A real service makes these of the flags that it gets. */
const due: Readonly<Record<string, Decision>> = {
  quilter: { decidedBy, grounds: [ground('adult.explicit')] },
  spammer: { decidedBy, grounds: [ground('spam.links')] },
}

const holds = await followHolds(
  new Kafka({ brokers: [broker], clientId: 'bans', logLevel: logLevel.ERROR }),
  topic,
)
try {
  for (const [account, decision] of Object.entries(due)) {
    const [holdId] = holds.over(decision)
    // What is on hold is not decided now. Its flags stay: if the hold is lifted, the service decides then.
    console.log(
      holdId === undefined ? `${account}: banned` : `${account}: not banned, because of hold ${holdId}`,
    )
  }
} finally {
  await holds.stop()
}
