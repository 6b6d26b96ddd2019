import { expect, test } from 'vitest'
import { isBlank } from '../../../src/foundation/text/blank.ts'

test.each([
  ['', true],
  [' \t\n\u00a0\u3000', true],
  ['\u200b\u200d\u2060\ufeff\u00ad\u034f\u061c', true],
  ['\u115f\u1160\u3164\uffa0\u2800\u{1d159}\u{e0020}\ufe0f', true],
  ['\u200b\u00a7\u200b', false],
  ['.', false],
  ['\u{1f9f5}', false],
])('%j is blank: %s', (text, expected) => expect(isBlank(text)).toBe(expected))
