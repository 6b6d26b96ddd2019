import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** The first events of a file, as they are there, without published rulesets. */
export const firstLines = async (file: string, count: number): Promise<ReadonlyArray<string>> => {
  const lines: string[] = []
  for await (const line of createInterface(createReadStream(file))) {
    if (lines.length === count) break
    if (!line.includes('ruleset.published')) lines.push(line)
  }
  return lines
}
