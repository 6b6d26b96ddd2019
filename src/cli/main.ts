import { reportFailure } from './failure.ts'
import { run } from './program.ts'
import { watchStandardStreams } from './standard-streams.ts'

// Node itself would print what is thrown outside of the command's own calls as it is.
process.on('uncaughtException', (error) => {
  reportFailure(error)
  process.exit()
})
watchStandardStreams()
await run(process.argv.slice(2))
