import { reportFailure } from './failure.ts'
import { run } from './program.ts'
import { watchStandardStreams } from './standard-streams.ts'

// For what is thrown outside of the command's own calls: Node would print it raw, control characters included.
process.on('uncaughtException', (error) => {
  reportFailure(error)
  process.exit()
})
watchStandardStreams()
await run(process.argv.slice(2))
