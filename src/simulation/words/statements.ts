import type { Random } from '../random.ts'
import { fill, type Language, type Theme } from './themes.ts'

const accountStatements: Readonly<Record<Language, string>> = {
  en: 'Your account was {what} because it repeatedly broke our guidelines ({category}). You can appeal within six months.',
  de: 'Dein Konto wurde gesperrt ({what}), weil es wiederholt gegen unsere Richtlinien verstoßen hat ({category}). Du kannst innerhalb von sechs Monaten Einspruch einlegen.',
  fr: 'Votre compte a été désactivé ({what}) pour violations répétées de nos règles ({category}). Vous pouvez faire appel pendant six mois.',
  es: 'Hemos desactivado tu cuenta ({what}) por infringir varias veces nuestras normas ({category}). Puedes apelar durante seis meses.',
  pt: 'A sua conta foi desativada ({what}) por violar repetidamente as nossas diretrizes ({category}). Pode recorrer no prazo de seis meses.',
  ja: 'ガイドライン違反（{category}）が繰り返されたため、アカウントを停止しました（{what}）。6か月以内に異議を申し立てることができます。',
}
const contentStatements: Readonly<Record<Language, string>> = {
  en: 'We removed “{pin}” because it goes against our guidelines on {category}.',
  de: 'Wir haben „{pin}“ entfernt: Verstoß gegen unsere Richtlinien ({category}).',
  fr: 'Nous avons retiré « {pin} », contraire à nos règles ({category}).',
  es: 'Hemos retirado «{pin}» por infringir nuestras normas ({category}).',
  pt: 'Removemos “{pin}” por violar as nossas diretrizes ({category}).',
  ja: '「{pin}」はガイドライン（{category}）に違反するため削除しました。',
}

/** The statement of reasons for a decision; `restriction` is null for a removal. */
export const statementOf = (
  random: Random,
  language: Language,
  theme: Theme,
  category: string,
  restriction: string | null,
): string =>
  fill((restriction === null ? contentStatements : accountStatements)[language], {
    what: restriction ?? '',
    category: category.replaceAll('_', ' '),
    pin: random.pick(theme.pins),
  })
