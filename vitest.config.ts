import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { often } from './test/long/often.ts'
import { integration, mocked } from './test/tiers.ts'

export default defineConfig({
  test: {
    // Many tests wait for brokers and processes of their own; vitest would run one file at a time on two cores.
    maxWorkers: 3,
    // The commands that tests start are compiled once.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/redress') },
    // Real files, real processes, real SQLite, on machines with two busy cores: a limit that only a hang reaches.
    testTimeout: often(240_000, 7_200_000),
    hookTimeout: often(240_000, 7_200_000),
    projects: [
      {
        extends: true,
        // Its files share the modules they import: to import each again for each file takes a third of the time.
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...integration, ...mocked],
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'unit-mocked', include: [...mocked], exclude: [...integration] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [...integration],
          globalSetup: ['test/infra/kafka/setup.ts'],
        },
      },
    ],
    // Of the unit tests: V8 counts only what runs in the test's own process (test/README.md).
    coverage: { include: ['src/**/*.ts', 'projections/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
})
