import { jarsAreHere } from './jars.ts'
import { hasMaven, javaVersion } from './tools.ts'

const NEEDED = 17

/** Why no Kafka broker can be run here and what to install; undefined if one can. */
export const missingTools = (jarsCache?: string): string | undefined => {
  if (process.platform === 'win32')
    return 'the broker runs only on Linux and macOS; use infra/compose.yaml instead'
  const missing = [javaProblem(), mavenProblem(jarsCache)].filter((problem) => problem !== undefined)
  return missing.length === 0
    ? undefined
    : `${missing.join(', and ')} (Debian, Ubuntu: apt-get install default-jre-headless maven; macOS: brew install temurin maven)`
}

const javaProblem = (): string | undefined => {
  const version = javaVersion()
  if (version === undefined)
    return `Kafka needs Java ${NEEDED} or newer, but none was found: install a JRE or JDK`
  if (version >= NEEDED) return undefined
  return `Kafka needs Java ${NEEDED} or newer, but found ${version}: install a newer one, or set JAVA_HOME to it`
}

/** Maven is needed once: its jars are kept. */
const mavenProblem = (jarsCache?: string): string | undefined =>
  jarsAreHere(jarsCache) || hasMaven()
    ? undefined
    : 'Maven must download its jars, but mvn was not found: install Maven'
