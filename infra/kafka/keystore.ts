import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { javaTool, run } from './tools.ts'

/** A broker's key with its self-signed certificate. */
export type Keystore = {
  readonly file: string
  readonly password: string
  /** The certificate as PEM: what a client must trust. */
  readonly certificate: string
}

/** It protects a key that is made for tests and stored next to it. */
const PASSWORD = 'redress'

export const keystoreFiles = ['kafka.p12', 'kafka.pem'] as const

/** The keystore in a folder, created with the JDK's `keytool` if there is none: for localhost. */
export const keystoreIn = async (folder: string): Promise<Keystore> => {
  const [file, pem] = [join(folder, keystoreFiles[0]), join(folder, keystoreFiles[1])]
  const store = ['-alias', 'broker', '-keystore', file, '-storetype', 'PKCS12', '-storepass', PASSWORD]
  if (!existsSync(pem)) {
    const names = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1']
    const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '3650']
    if (!existsSync(file)) await run(javaTool('keytool'), ['-genkeypair', ...store, ...names, ...key])
    await run(javaTool('keytool'), ['-exportcert', '-rfc', '-file', pem, ...store])
  }
  return { file, password: PASSWORD, certificate: await readFile(pem, 'utf8') }
}
