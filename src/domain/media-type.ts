/** What an event without `datacontenttype` holds (CloudEvents 1.0, JSON format, 3.1). */
const DEFAULT = 'application/json'

/**
 * Whether two values of `datacontenttype` are equivalent: types and parameter names in any case, any charset (JSON is
 * UTF-8, RFC 8259), and an absent one is `application/json`.
 */
export const isSameMediaType = (a = DEFAULT, b = DEFAULT): boolean =>
  a === b || normalized(a) === normalized(b)

const normalized = (mediaType: string): string => {
  const [type = '', ...parameters] = mediaType.split(';').map((part) => part.trim())
  const others = parameters.filter((parameter) => parameter !== '' && !/^charset\s*=/i.test(parameter))
  return [type.toLowerCase(), ...others].join(';')
}
