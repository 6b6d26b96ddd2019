import { REHEARSAL_REPORT } from '../../../src/app/ruleset/rehearsal-json.ts'
import { publishedTypes } from '../../../src/domain/event.ts'
import { eventSchema } from '../../../src/domain/json-schema/event-schema.ts'
import { ACCOUNT_STATE } from '../../../src/ingest/account-feed/state.ts'
import { RESCORE_REQUEST } from '../../../src/replay/result/rescore-request.ts'
import { accountStateSchema } from './account-state.ts'
import { asyncApiText } from './asyncapi.ts'
import { feedMessages, feedSchema } from './feed-messages.ts'
import { jsonText } from './json-text.ts'
import { rehearsalSchema } from './rehearsal.ts'
import { rescoreRequestSchema } from './rescore-request.ts'

/** The files of this folder that are generated from the codecs: their texts, by name. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...publishedTypes.map((type) => [`${type}.json`, jsonText(eventSchema(type))] as const),
    [`${ACCOUNT_STATE}.json`, jsonText(accountStateSchema())],
    [`${RESCORE_REQUEST}.json`, jsonText(rescoreRequestSchema())],
    ...feedMessages.map((message) => [`${message.name}.json`, jsonText(feedSchema(message))] as const),
    [`${REHEARSAL_REPORT}.json`, jsonText(rehearsalSchema())],
    ['asyncapi.yaml', `# Generated from the codecs by generate.ts; do not edit.\n${asyncApiText()}`],
  ])
