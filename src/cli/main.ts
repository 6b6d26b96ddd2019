import { reportFailure } from './failure.ts'
import { run } from './program.ts'

// Node itself would print what is thrown outside of the command's own calls as it is.
process.on('uncaughtException', (error) => {
  reportFailure(error)
  process.exit()
})
// Who reads may have seen enough (`redress account ID | head`): that ends no command half-way.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
await run(process.argv.slice(2))
