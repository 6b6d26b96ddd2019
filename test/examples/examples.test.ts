import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { marked, type Tokens } from 'marked'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWithKafka } from '../infra/kafka/kafka.ts'
import { newTopic } from '../ingest/kafka/topics.ts'
import { redress } from '../robustness/hostile/run.ts'

const root = join(import.meta.dirname, '../..')
const examples = join(root, 'examples')

let dir = ''
const before = process.cwd()
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'redress-examples-'))
  cpSync(examples, join(dir, 'examples'), { recursive: true })
  process.chdir(dir)
})
afterAll(() => {
  process.chdir(before)
  rmSync(dir, { recursive: true })
})

type Shown = { readonly command: string; readonly output: string }

/** The commands of the page that are followed by their output. */
const shown = (): ReadonlyArray<Shown> => {
  const tokens = marked.lexer(readFileSync(join(examples, 'README.md'), 'utf8'))
  const blocks = tokens.filter((token): token is Tokens.Code => token.type === 'code')
  return blocks.flatMap(({ lang, text }, i) => {
    const next = blocks[i + 1]
    return lang === 'sh' && next !== undefined && next.lang !== 'sh'
      ? [{ command: text, output: `${next.text}\n` }]
      : []
  })
}

/** Runs a command of the page, as a reader would in the root of the checkout. */
const outputOf = async (command: string): Promise<string> => {
  const [program = '', ...words] = command.split(' ')
  if (program === 'cat') return words.map((file) => readFileSync(file, 'utf8')).join('')
  expect(command).toMatch(/^npx redress [^"'|>]*$/)
  const { code, stdout, stderr } = await redress(...words.slice(1))
  expect(code, `${command}: ${stderr}`).toBe(0)
  return stdout.toString()
}

/** Class, facts, fallen flags and remedy of each decision, worked out by hand: the page says how. */
const expected = {
  'd-1': ['wrongful', [], ['f-1'], 'restore'],
  'd-2': ['wrongful', ['appeal_pending'], ['f-1'], 'reinstate'],
  'd-3': ['wrongful', ['cascaded'], ['f-2'], 'reinstate'],
  'd-4': ['upheld', [], [], 'none'],
  'd-5': ['indeterminate', [], [], 'review'],
  'd-6': ['unexplained_wrongful', [], [], 'reinstate'],
  'd-7': ['wrongful', ['other_grounds_active'], ['f-6'], 'annul'],
  'd-8': ['upheld', [], [], 'none'],
  'd-9': ['upheld', ['human_decided'], [], 'none'],
}

describe('given the page of examples', () => {
  test('when its commands run in order, then each prints what the page shows', async () => {
    const commands = shown()
    expect(commands.map(({ command }) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'npx redress ingest',
      'npx redress replay',
      'cat redress-demo/result/put-back.ndjson',
      'cat redress-demo/result/annul.ndjson',
      'cat redress-demo/result/review.ndjson',
      'npx redress explain',
      'npx redress ruleset',
    ])
    for (const { command, output } of commands) expect(await outputOf(command), command).toBe(output)
  })

  test('then the history has twenty events, and the replay judges each decision as reasoned by hand', () => {
    const events = readFileSync('examples/history/events.ndjson', 'utf8').trimEnd().split('\n')
    expect(events).toHaveLength(20)
    const rows = readFileSync('redress-demo/result/decisions.ndjson', 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ decisionId, class: cls, facts, fallen, remedy }) => [decisionId, [cls, facts, fallen, remedy]])
    expect(rows).toEqual(Object.entries(expected))
  })
})

describe('given the services', () => {
  test('then they compile as the project does', () => {
    const config = join(dir, 'tsconfig.json')
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
        include: ['publisher', 'holds'].map((service) => join(examples, service)),
      }),
    )
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--project', config], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })
})

describeWithKafka('given the service that publishes, and a broker', (brokers) => {
  test('when it publishes in both modes and the topic is consumed, then each event is in the ledger once and the replay is the same', async () => {
    const topic = await newTopic(brokers)
    const data = join(dir, 'consumed')
    const history = ['ingest', 'examples/history/events.ndjson', '--data', data]
    expect((await redress(...history)).code).toBe(0)
    for (const mode of ['structured', 'binary']) {
      const published = spawnSync(
        process.execPath,
        [join(examples, 'publisher/main.ts'), brokers, topic, mode],
        { encoding: 'utf8' },
      )
      expect(published).toMatchObject({ status: 0, stdout: `published 2 events to ${topic} (${mode})\n` })
    }
    const consumed = await redress(
      ...['consume', '--brokers', brokers, '--topic', topic, '--until-end', '--data', data, '--json'],
    )
    expect(JSON.parse(consumed.stdout.toString())).toMatchObject({ accepted: 2, duplicate: 2, rejected: 0 })

    const out = join(dir, 'after')
    const replayed = await redress(
      ...['replay', '--ruleset', 'examples/history/corrected.yaml', '--data', data, '--out', out],
    )
    expect(replayed.code).toBe(0)
    const digestIn = (folder: string): string =>
      JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')).digest
    expect(digestIn(out)).toBe(digestIn('redress-demo/result'))
  })
})
