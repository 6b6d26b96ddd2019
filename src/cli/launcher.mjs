#!/usr/bin/env node
// The `redress` command. Plain JavaScript that old versions of Node can parse: it finds a Node new enough for the rest.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = 24
const FAILED = 2

/** The number before the first dot: 24 of `24.21.0`. */
const majorOf = (version) => Number.parseInt(version, 10)

/** Whether this is an installed package, and not a checkout. */
const isInstalled = (launcher) => /[\\/]node_modules[\\/]/.test(launcher)

/** Compiled code when installed as a package (Node strips no types under `node_modules`), otherwise the source. */
const entryPoint = (launcher) =>
  isInstalled(launcher)
    ? join(dirname(launcher), '..', '..', 'dist', 'src', 'cli', 'main.js')
    : join(dirname(launcher), 'main.ts')

/** The Node that npm installed as an optional dependency; `undefined` if there is none for this machine. */
const bundledNode = (require) => {
  const os = process.platform === 'win32' ? 'win' : process.platform
  try {
    const manifest = require.resolve(`node-${os}-${process.arch}/package.json`)
    // An older one may have been hoisted here for another package.
    if (!(majorOf(require(manifest).version) >= NEEDED)) return undefined
    return join(dirname(manifest), 'bin', os === 'win' ? 'node.exe' : 'node')
  } catch (_) {
    return undefined
  }
}

/** Runs this file again under another Node, passing on signals and the exit code. */
const runUnder = (node, launcher) => {
  const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) {
    process.on(signal, () => {
      // On a terminal, Ctrl-C reaches the child directly; a second SIGINT would kill it.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`cannot start ${node} (${error.message}); ${advice}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}

const advice = `install Node.js ${NEEDED} or newer (https://nodejs.org) and run this again with it`

const fail = (reason) => {
  process.stderr.on('error', () => {}) // the exit code still reports it
  process.stderr.write(`redress: ${reason}\n`)
  process.exitCode = FAILED
}

/** Node's compile cache: next to the packages, because anyone who can write there can change the code anyway. */
const compiled = (launcher) =>
  isInstalled(launcher)
    ? join(dirname(launcher), '..', '..', '..', '.cache', 'redress')
    : join(dirname(launcher), '..', '..', 'node_modules', '.cache', 'redress')

const launcher = fileURLToPath(import.meta.url)
if (majorOf(process.versions.node) >= NEEDED) {
  // If the folder cannot be written, nothing is cached.
  if (process.env.NODE_COMPILE_CACHE === undefined) module.enableCompileCache(compiled(launcher))
  import(pathToFileURL(entryPoint(launcher)).href)
} else {
  const node = bundledNode(createRequire(launcher))
  if (node === undefined) {
    fail(`Node.js ${process.versions.node} is too old, and npm has no newer one for this machine; ${advice}`)
  } else runUnder(node, launcher)
}
