import { jsonText } from '../../../foundation/text/json-text.ts'
import type { Report } from '../report.ts'
import { csvOf } from './csv.ts'
import { markdownOf } from './markdown.ts'

export const reportFormats = ['csv', 'json', 'html', 'md'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** A report as text. The chart library is loaded for HTML only: that takes a third of a second. */
export const renderReport = async (report: Report, format: ReportFormat): Promise<string> => {
  switch (format) {
    case 'csv':
      return csvOf(report)
    case 'json':
      return jsonOf(report)
    case 'html':
      return (await import('./html.ts')).htmlOf(report)
    case 'md':
      return markdownOf(report)
  }
}

/** JSON that ends with a newline; its fields are in the order in which the code made them. */
export const jsonOf = (value: unknown): string => `${jsonText(value, 2)}\n`
