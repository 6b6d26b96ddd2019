import { createRequire } from 'node:module'
import { lazy } from '../../foundation/lazy.ts'

const require = createRequire(import.meta.url)

/** `@bufbuild/cel`, loaded with the first condition: most commands read none, and it would be a third of their start. */
export const cel = lazy((): typeof import('@bufbuild/cel') => require('@bufbuild/cel'))
