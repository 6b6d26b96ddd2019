import { spawn } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'

/**
 * `npm run test:long`: the tests that chance has a part in, each many times as often as in `npm test` (`often.ts`). Its
 * output is kept in last-run.txt, which is committed.
 */

const root = join(import.meta.dirname, '..', '..')
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((path) => /\boften\(/.test(readFileSync(join(root, path), 'utf8')))
  .map((path) => path.split(sep).join('/'))
  .sort()

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const named = process.argv.slice(2)
const child = spawn(process.execPath, [vitest, 'run', ...(named.length === 0 ? files : named)], {
  cwd: root,
  env: { ...process.env, LONG: '1', NO_COLOR: '1' },
  stdio: ['ignore', 'pipe', 'pipe'],
})
let printed = ''
for (const stream of [child.stdout, child.stderr]) {
  stream.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
    process.stdout.write(chunk)
  })
}
child.on('close', (code) => {
  process.exitCode = code ?? 1
  // Only a run of all files that was not interrupted is kept.
  if (named.length === 0 && (code === 0 || code === 1)) {
    writeFileSync(join(import.meta.dirname, 'last-run.txt'), printed.replaceAll(root, '.').trimStart())
  }
})
