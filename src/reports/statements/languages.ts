/**
 * The languages that the DSA Transparency Database knows: the 184 codes (ISO 639-1) of `ALL_LANGUAGES` in its own source,
 * https://github.com/digital-services-act/transparency-database, app/Services/EuropeanLanguagesService.php, June 2026.
 */
export const languages: ReadonlySet<string> = new Set(
  `
  AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BH BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE DV DZ EE EL
  EN EO ES ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY HZ IA ID IE IG II IK IO IS IT IU
  JA JV KA KG KI KJ KK KL KM KN KO KR KS KU KV KW KY LA LB LG LI LN LO LT LU LV MG MH MI MK ML MN MR MS MT MY NA
  NB ND NE NG NL NN NO NR NV NY OC OJ OM OR OS PA PI PL PS PT QU RM RN RO RU RW SA SC SD SE SG SI SK SL SM SN SO
  SQ SR SS ST SU SV SW TA TE TG TH TI TK TL TN TO TR TS TT TW TY UG UK UR UZ VE VI VO WA WO XH YI YO ZA ZH ZU
`
    .trim()
    .split(/\s+/),
)

/** Codes that ISO 639-1 has replaced but software still writes. */
const replaced: Readonly<Record<string, string>> = { IN: 'ID', IW: 'HE', JI: 'YI' }

/** The database's code for a language tag (`en`, `pt-BR`, `en_US.UTF-8`); undefined: it does not know the language. */
export const languageCode = (tag: string): string | undefined => {
  const [language = ''] = tag.toUpperCase().split(/[^A-Z0-9]/)
  const code = Object.hasOwn(replaced, language) ? replaced[language] : language
  return code !== undefined && languages.has(code) ? code : undefined
}
