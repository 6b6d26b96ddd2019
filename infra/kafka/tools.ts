import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** A program that comes with Java: the one of JAVA_HOME, or the first on the PATH. */
export const javaTool = (name: 'java' | 'keytool'): string => {
  const home = process.env.JAVA_HOME ?? ''
  return home === '' ? name : join(home, 'bin', name)
}

/** Java's major version: 8, 11, 17; undefined if there is none. */
export const javaVersion = (): number | undefined => {
  const { stderr, stdout } = spawnSync(javaTool('java'), ['-version'], { encoding: 'utf8' })
  const [, major, minor] = /version "(\d+)(?:\.(\d+))?/.exec(`${stderr}${stdout}`) ?? []
  if (major === undefined) return undefined
  // Java 8 still reported 1.8.
  return Number(major === '1' ? minor : major)
}

export const hasMaven = (): boolean => spawnSync('mvn', ['-version'], { stdio: 'ignore' }).status === 0

/** Runs a program to its end; its output is part of the error if it fails. */
export const run = async (program: string, args: ReadonlyArray<string>): Promise<void> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const keep = (chunk: Buffer): void => {
    printed += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const how = await new Promise<string | number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  if (how !== 0) throw new Error(`${[program, ...args].join(' ')} failed with ${how}:\n${printed.trim()}`)
}
