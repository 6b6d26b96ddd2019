import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './tools.ts'

const pom = join(import.meta.dirname, 'pom.xml')
const defaultCache = join(import.meta.dirname, '.lib')

/** Named after the content of pom.xml, so that a changed one downloads its own jars. */
const folderIn = (cache: string): string =>
  join(cache, createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12))

export const jarsAreHere = (cache = defaultCache): boolean => existsSync(folderIn(cache))

/**
 * The folder with Kafka's jars. The first time, Maven downloads them into a folder next to it that gets its name only
 * when it is complete: neither an interruption nor another process that does the same leaves it incomplete.
 */
export const kafkaJars = async (cache = defaultCache): Promise<string> => {
  if (jarsAreHere(cache)) return folderIn(cache)
  await mkdir(cache, { recursive: true })
  const incoming = await mkdtemp(join(cache, 'incoming-'))
  try {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${incoming}`]
    await run('mvn', ['-q', '-B', '-Dstyle.color=never', '-f', pom, ...goal])
    await rename(incoming, folderIn(cache))
  } catch (error) {
    await rm(incoming, { recursive: true, force: true })
    // Another process was faster, and has downloaded the same.
    if (!jarsAreHere(cache)) throw error
  }
  return folderIn(cache)
}
