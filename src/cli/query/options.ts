import { InvalidArgumentError, Option } from 'commander'

/** `--memory SIZE`. */
export const memoryOption = (): Option =>
  new Option('--memory <size>', 'the memory limit for the database').default('2GB').argParser(sizeArgument)

const sizeArgument = (text: string): string => {
  if (!/^[1-9]\d*(?:\.\d+)?\s?[KMGT]i?B$/i.test(text)) {
    throw new InvalidArgumentError('Give a size such as 512MB or 4GB.')
  }
  return text
}
