import { describe, expect, test } from 'vitest'
import * as E from '#fp/Either'
import { parseExceptions } from '../../../../src/incidents/remediation/exceptions/exceptions-file.ts'

describe('given a file of exceptions', () => {
  test('then each line names an account or a decision, and why', () => {
    const text =
      '{"account":"a-1","reason":"a legal hold"}\r\n\n{"reason":"appealed in court","decisionId":"d_1"}\n'
    expect(parseExceptions(text)).toEqual(
      E.right([
        { account: 'a-1', reason: 'a legal hold' },
        { decisionId: 'd_1', reason: 'appealed in court' },
      ]),
    )
  })

  test('when the same is there twice with the same reason, then it is one exception', () => {
    const line = '{"account":"a-1","reason":"a legal hold"}\n'
    expect(parseExceptions(line + line)).toEqual(E.right([{ account: 'a-1', reason: 'a legal hold' }]))
  })

  test('when it is there with another reason, then the error names both lines', () => {
    const text =
      '{"account":"a-1","reason":"a"}\n{"decisionId":"a-1","reason":"b"}\n{"account":"a-1","reason":"b"}'
    expect(parseExceptions(text)).toEqual(
      E.left([{ line: 3, message: 'line 1 says something else about account a-1; say one thing' }]),
    )
  })

  test.each([
    ['{"account":"a-1"}', 'reason: missing; expected one line of 1 to 1,000 characters'],
    ['{"account":"a-1","reason":""}', 'reason: expected one line of 1 to 1,000 characters'],
    [
      '{"account":"a 1","reason":"x"}',
      'account: expected an id of 1 to 200 characters from A-Z a-z 0-9 _ . : -',
    ],
    [
      '{"decisionId":"d.1","reason":"x"}',
      'decisionId: expected an id of 1 to 200 characters from A-Z a-z 0-9 _ -',
    ],
    ['{"reason":"x"}', 'expected either account or decisionId'],
    ['{"account":"a-1","decisionId":"d-1","reason":"x"}', 'expected either account or decisionId'],
    ['{"acount":"a-1","reason":"x"}', 'acount: unknown field (did you mean account?)'],
    ['["a-1"]', 'expected an object'],
    ['{"account":"a-1","account":"a-2","reason":"x"}', 'account: this key is given twice; send it once'],
    ['a-1', 'not JSON: found text at character 1, expected a JSON value'],
  ])('then %s is an error with its line', (line, message) => {
    expect(parseExceptions(`\n${line}`)).toEqual(E.left([{ line: 2, message }]))
  })

  test('when it is something else, then the first lines are enough', () => {
    const wrong = parseExceptions('account,reason\n'.repeat(1_012))
    expect(E.isLeft(wrong) && wrong.left.length).toBe(11)
    expect(E.isLeft(wrong) && wrong.left.at(-1)).toEqual({
      line: null,
      message: '1,002 more lines are not exceptions',
    })
  })

  test('when it is empty, then it is refused', () => {
    expect(parseExceptions('\n \n')).toEqual(E.left([{ line: null, message: 'it has no exceptions' }]))
  })
})
