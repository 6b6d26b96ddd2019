import { createRequire } from 'node:module'
import { lazy } from '../lazy.ts'

const require = createRequire(import.meta.url)

/** `yaml`, loaded with the first document: most commands read none. */
export const yaml = lazy((): typeof import('yaml') => require('yaml'))
