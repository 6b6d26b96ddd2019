import { join } from 'node:path'
import * as E from '#fp/Either'
import { writeFile } from '../../src/foundation/files/write-file.ts'
import { generatedFiles } from './generator/files.ts'

/** `npm run schemas`: writes the schemas and the AsyncAPI document next to this file. */
for (const [name, text] of generatedFiles()) {
  const written = await writeFile(join(import.meta.dirname, name), text)
  if (E.isLeft(written)) throw new Error(written.left.message)
}
