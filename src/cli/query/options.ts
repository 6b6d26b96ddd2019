import { InvalidArgumentError, Option } from 'commander'

/** `--memory SIZE`. */
export const memoryOption = (): Option =>
  new Option('--memory <size>', 'how much memory the database may take')
    .default('2GB')
    .argParser(sizeArgument)

const sizeArgument = (text: string): string => {
  if (!/^[1-9]\d*(?:\.\d+)?\s?[KMGT]i?B$/i.test(text)) {
    throw new InvalidArgumentError('Give a size such as 512MB or 4GB.')
  }
  return text
}

/** A size as `--memory` takes it, in bytes: KB are 1,000 bytes and KiB 1,024. */
export const sizeInBytes = (size: string): number => {
  const [, number = '0', unit = '', binary = ''] = /^([\d.]+)\s?([KMGT])(i?)B$/i.exec(size) ?? []
  return Number(number) * (binary === '' ? 1_000 : 1_024) ** ('KMGT'.indexOf(unit.toUpperCase()) + 1)
}
