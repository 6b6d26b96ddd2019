import canonicalize from 'canonicalize'
import type { Row } from './rows.ts'

/** A row in canonical form (RFC 8785). */
export const canonicalRow = (row: Row): string => canonicalize(row) ?? ''
