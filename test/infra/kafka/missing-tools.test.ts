import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { missingTools } from '../../../infra/kafka/missing-tools.ts'

describe('given a machine with these programs and no jars yet', () => {
  let bin = ''
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'redress-bin-'))
    vi.stubEnv('PATH', bin)
    vi.stubEnv('JAVA_HOME', '')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(bin, { recursive: true })
  })
  const install = (name: string, script: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const java = (version: string): void =>
    install('java', `echo 'openjdk version "${version}" 2024-01-16' >&2`)

  test.each(['17.0.15', '21', '25-ea'])('Java %s and Maven: nothing is missing', (version) => {
    java(version)
    install('mvn', 'exit 0')
    expect(missingTools(bin)).toBeUndefined()
  })

  test.each([
    ['1.8.0_402', 8],
    ['11.0.22', 11],
    ['16', 16],
  ])('Java %s: too old', (version, number) => {
    java(version)
    install('mvn', 'exit 0')
    expect(missingTools(bin)).toMatch(`Kafka needs Java 17 or newer, but found ${number}: install`)
  })

  test('a java that only prints where to get one: counts as none', () => {
    install('java', 'echo no runtime; exit 1')
    expect(missingTools(bin)).toMatch('Kafka needs Java 17 or newer, but none was found: install')
  })

  test('no Maven: the message says so, and how to get it', () => {
    java('17.0.15')
    expect(missingTools(bin)).toMatch(
      /^Maven must download its jars, but mvn was not found: .*apt-get install/,
    )
  })

  test('neither: the message names both', () => {
    expect(missingTools(bin)).toMatch(/^Kafka needs Java .*, and Maven must download/)
  })
})
