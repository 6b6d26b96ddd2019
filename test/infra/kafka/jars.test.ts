import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { jarsAreHere, kafkaJars } from '../../../infra/kafka/jars.ts'

/** Does as Maven does, with a jar of its own making, slowly. */
const stand = `
for arg; do case $arg in -DoutputDirectory=*) out="\${arg#*=}";; esac; done
echo half > "$out/kafka.jar"; sleep 0.3; echo whole > "$out/kafka.jar"
`

describe('given no jars yet', () => {
  let dir = ''
  const cache = () => join(dir, 'lib')
  const maven = (script: string): void =>
    writeFileSync(join(dir, 'mvn'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'redress-jars-'))
    vi.stubEnv('PATH', `${dir}${delimiter}${process.env.PATH}`)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(dir, { recursive: true })
  })

  test('when two processes download them at once, then both have all of them, and nothing else is left', async () => {
    maven(stand)
    const [one, two] = await Promise.all([kafkaJars(cache()), kafkaJars(cache())])
    expect(one).toBe(two)
    expect(readdirSync(one)).toEqual(['kafka.jar'])
    expect(readdirSync(cache())).toHaveLength(1)
  })

  test('when they are already there, then Maven is not called', async () => {
    maven(stand)
    await kafkaJars(cache())
    maven('exit 1')
    await expect(kafkaJars(cache())).resolves.toContain(cache())
  })

  test('when Maven fails part-way, then the error has its output, and the next attempt starts again', async () => {
    maven(`${stand}\necho 'no such artifact'; exit 1`)
    await expect(kafkaJars(cache())).rejects.toThrow(/failed with 1:\nno such artifact/)
    expect(jarsAreHere(cache())).toBe(false)
    expect(readdirSync(cache())).toEqual([])
    maven(stand)
    await kafkaJars(cache())
    expect(jarsAreHere(cache())).toBe(true)
  })
})
