import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate that signed itself, for one name such as `IP:127.0.0.1`, and its key; as files in a folder too. */
export const selfSigned = (folder: string, name: string) => {
  const file = name.replaceAll(/\W/g, '-')
  const [keyFile, certFile] = [join(folder, `${file}.key`), join(folder, `${file}.crt`)]
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', `/CN=${file}`],
      ...['-addext', `subjectAltName=${name}`],
    ],
    { stdio: 'pipe' },
  )
  return { key: readFileSync(keyFile), cert: readFileSync(certFile), certFile, keyFile }
}
