import { describe, expect, test } from 'vitest'
import { isClusterUrl, withoutCredentials } from '../../src/ledger/cluster-url.ts'

describe('given a cluster\u2019s address', () => {
  test.each([
    ['esdb://admin:changeit@db-1:2113?tls=true', 'esdb://db-1:2113?tls=true'],
    ['esdb+discover://ops:p%40ss@db.example:2113', 'esdb+discover://db.example:2113'],
    ['esdb://db-1:2113,db-2:2113?tls=false', 'esdb://db-1:2113,db-2:2113?tls=false'],
    // What should have been percent-encoded is no reason to show it.
    ['esdb://ops:p@ss/w?rd@db-1', 'esdb://db-1'],
    ['esdb://ops:p ss\nword@db-1', 'esdb://db-1'],
    ['kurrentdb://admin:changeit@db-1', 'kurrentdb://db-1'],
    ['admin:changeit@db-1:2113', 'db-1:2113'],
  ])('when %j is shown, then it is %j', (url, shown) => {
    expect(withoutCredentials(url)).toBe(shown)
  })

  test('when it is of another kind, then it is not accepted', () => {
    const ours = ['esdb://a:2113', 'esdb+discover://a', 'kurrentdb://a:2113', 'kurrentdb+discover://a']
    expect(ours.filter(isClusterUrl)).toEqual(ours)
    const others = [
      '',
      'esdb://',
      'esdb:a',
      'ESDB://a',
      'kurrentdb:a',
      'kurrentdb+x://a',
      'kurrent://a',
      'http://a:2113',
      './data',
      ' esdb://a',
    ]
    expect(others.filter(isClusterUrl)).toEqual([])
  })
})
