import { dsa } from './dsa.ts'
import { platform } from './platform.ts'
import type { Style, StyleId } from './style.ts'

export const styles: Readonly<Record<StyleId, Style>> = { dsa, platform }
