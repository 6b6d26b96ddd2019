import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles } from './generator/files.ts'

/** `npm run schemas`: writes the schemas and the AsyncAPI document beside this file. */
for (const [name, text] of generatedFiles()) writeFileSync(join(import.meta.dirname, name), text)
