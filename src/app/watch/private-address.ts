import { BlockList, isIP } from 'node:net'

/** Networks that are not of the public internet: loopback, private, link-local, shared, documentation, multicast, reserved. */
const networks = {
  ipv4: [
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
    ...['192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
    ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ],
  // All but 2000::/3, and what holds IPv4 addresses or is for documents in that.
  ipv6: ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16'],
} as const

/** One list for each: a list of both would compare IPv4 addresses as IPv6, too. */
const listOf = (family: keyof typeof networks): BlockList => {
  const list = new BlockList()
  for (const network of networks[family]) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}
const lists = { ipv4: listOf('ipv4'), ipv6: listOf('ipv6') }

/** Whether an IP address (IANA's registries of special-purpose addresses, RFC 6890) is not one of the public internet. */
export const isPrivateAddress = (address: string): boolean => {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  return lists[family].check(address, family)
}
