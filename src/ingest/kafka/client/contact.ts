import * as E from '#fp/Either'
import { type KafkaError, whyNoBroker } from '../errors.ts'
import { BRIEF, type KafkaSettings, kafkaClient } from './client.ts'

/** Whether a broker answers and accepts us, decided quickly: later on, brokers are waited for. */
export const contact = async (settings: KafkaSettings): Promise<E.Either<KafkaError, void>> => {
  const admin = kafkaClient(settings, { remark: () => {}, trouble: () => {} }, BRIEF).admin()
  try {
    await admin.connect()
    return E.right(undefined)
  } catch (error) {
    return E.left({ kind: 'unreachable', message: whyNoBroker(settings.brokers, error) })
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
