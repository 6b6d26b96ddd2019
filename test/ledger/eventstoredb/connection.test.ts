import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOn } from './cluster.ts'
import { selfSigned } from './server/certificate.ts'
import { startTestServer, type TestServer } from './server/server.ts'

const dir = mkdtempSync(join(tmpdir(), 'redress-tls-'))
const own = selfSigned(dir, 'IP:127.0.0.1')
const forAnotherName = selfSigned(dir, 'DNS:db-1.example')
const at = (name: string): string => join(dir, name)

let plain: TestServer
let secure: TestServer
let misnamed: TestServer
beforeAll(async () => {
  plain = await startTestServer()
  secure = await startTestServer({ tls: own })
  misnamed = await startTestServer({ tls: forAnotherName })
})
afterAll(async () => {
  for (const server of [plain, secure, misnamed]) await server.close()
  rmSync(dir, { recursive: true })
})

/** The result of a first read: the sequence, or the error. */
const firstContact = async (url: string) => {
  const open = openOn(url, () => 0)
  try {
    const head = await open.ledger.head()
    return head._tag === 'Right' ? head.right.sequence : head.left
  } finally {
    await open.remove()
  }
}

/** The same address under each scheme, and with several hosts, where the client looks for a leader first. */
const forms = (url: string): ReadonlyArray<string> => {
  const [, host = '', options = ''] = /^esdb:\/\/([^?]+)(.*)$/.exec(url) ?? []
  return [
    ...['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'].map(
      (scheme) => `${scheme}://${host}${options}`,
    ),
    `kurrentdb://${host},${host}${options}`,
  ]
}
const hostOf = ({ url }: TestServer): string => /127\.0\.0\.1:\d+/.exec(url)?.[0] ?? ''

describe('given a cluster, with TLS and without', () => {
  test('when any form of its address is given, then it is reached', async () => {
    const urls = [...forms(plain.url), ...forms(`${secure.url}?tlsCAFile=${own.certFile}`)]
    expect(urls).toHaveLength(10)
    for (const url of urls) expect(await firstContact(url), url).toBe(0)
  })

  test('when its address is an IP, then it is not sent as the server name, and Node does not warn', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): unknown => warnings.push(warning)
    process.on('warning', note)
    for (const url of forms(`${secure.url}?tlsCAFile=${own.certFile}`)) await firstContact(url)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  test('when a client certificate is named, then it is read', async () => {
    const files = `userCertFile=${own.certFile}&userKeyFile=${own.keyFile}`
    expect(await firstContact(`${secure.url}?tlsCAFile=${own.certFile}&${files}`)).toBe(0)
  })
})

describe('given an address that cannot work, when the cluster is read, then the cause and the remedy are reported at once', () => {
  const cases = (): ReadonlyArray<readonly [string, string]> => [
    [
      secure.url,
      `the certificate of ${hostOf(secure)} is not from an issuer that this machine trusts; name the issuer's certificate file in the address: tlsCAFile=/path/ca.crt`,
    ],
    [
      `${secure.url}?tlsCAFile=${forAnotherName.certFile}`,
      `the certificate of ${hostOf(secure)} is not from an issuer in ${forAnotherName.certFile}; name its issuer's certificate file with tlsCAFile=`,
    ],
    [`${secure.url}?tls=false`, `${hostOf(secure)} uses TLS: remove tls=false from the address`],
    [
      plain.url.replace('?tls=false', ''),
      `${hostOf(plain)} does not use TLS: give the port that does, or add tls=false to the address`,
    ],
    [
      `${misnamed.url}?tlsCAFile=${forAnotherName.certFile}`,
      `the certificate of ${hostOf(misnamed)} is not valid (Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ); use an address that the certificate names, or renew it`,
    ],
  ]

  test.each([0, 1, 2, 3, 4])('case %i, in each form of the address', async (i) => {
    const [url = '', message] = cases()[i] ?? []
    for (const form of forms(url))
      expect(await firstContact(form), form).toEqual({ kind: 'unusable', message })
  })

  test('one node that answers is enough: the others may be down or wrong', async () => {
    const url = `kurrentdb://127.0.0.1:1,${hostOf(secure)},${hostOf(plain)}?tls=false`
    expect(await firstContact(url)).toBe(0)
  })
})

describe('given no node at any host of the address, when the cluster is read, then it says so within seconds', () => {
  const remedy = 'check the address, and that the cluster is running'
  let refusing = ''
  beforeAll(async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve(Object(server.address()).port)),
    )
    await new Promise((resolve) => server.close(resolve))
    refusing = `127.0.0.1:${port}`
  })

  test.each(['', '?tls=false'])('when nothing listens on the port (options "%s")', async (options) => {
    const message = `nothing listens on ${refusing}; ${remedy}`
    for (const scheme of ['esdb', 'esdb+discover']) {
      const url = `${scheme}://${refusing}${options}`
      expect(await firstContact(url), url).toEqual({ kind: 'unavailable', message })
    }
  })

  test('when one of two hosts has a name that DNS does not know', async () => {
    // A label may have 63 characters, so this needs no name server to fail.
    const unknown = `${'a'.repeat(64)}.invalid`
    const message = `nothing listens on ${refusing}, there is no host named ${unknown}; ${remedy}`
    expect(await firstContact(`esdb://${refusing},${unknown}:2113`)).toEqual({ kind: 'unavailable', message })
  })
})

describe('given a file in the address that cannot be used, then the error says which, and why', () => {
  const opening = (options: string) => () => openOn(`esdb://127.0.0.1:1?${options}`, () => 0)
  beforeAll(() => {
    mkdirSync(at('folder'))
    writeFileSync(at('other.txt'), 'no certificate')
  })

  test.each([
    ['tlsCAFile', 'none.crt', 'there is no such file or folder (ENOENT); check the path'],
    ['tlsCAFile', 'folder', 'it is a folder (EISDIR); name a file'],
  ])('%s=%s: %s', (option, name, reason) => {
    expect(opening(`${option}=${at(name)}`)).toThrow(
      `${option} in its address: cannot read ${at(name)}: ${reason}`,
    )
  })

  test.each([
    ['tlsCAFile', 'certificate'],
    ['userKeyFile', 'private key'],
  ])('%s of something else', (option, what) => {
    const options = option === 'userKeyFile' ? `userCertFile=${own.certFile}&` : ''
    expect(opening(`${options}${option}=${at('other.txt')}`)).toThrow(
      `${option} in its address: ${at('other.txt')} contains no PEM ${what}; name the right file`,
    )
  })

  test('only one of two that belong together', () => {
    expect(opening(`userCertFile=${own.certFile}`)).toThrow(
      'its address must give both userCertFile and userKeyFile',
    )
  })
})

test('given an invalid address, then its content is not shown', () => {
  expect(() => openOn('kurrentdb://db-1:secret@', () => 0)).toThrow(
    /^its address is not a valid cluster address \(host expected\); use kurrentdb:\/\/host:port /,
  )
})
