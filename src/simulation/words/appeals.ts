import type { Random } from '../random.ts'
import { fill, type Language, type Theme } from './themes.ts'

const openings = [
  'Please,',
  'Hello,',
  'To whoever reads this:',
  'I am writing for the third time.',
  'Hi there, I woke up and my account was gone.',
  'There must be a mistake.',
  'Good morning.',
  'I do not understand this.',
]
const whats = [
  'these are {thing}.',
  'I only ever save {thing}.',
  'the pin you removed, “{pin}”, is one of my {thing}.',
  'my boards are {thing} and nothing else.',
  'I have {thing} for {years} years of my life on here.',
  'I teach a class of {count} people with my {thing}.',
  '“{pin}” is not adult content, it is part of my {thing}.',
  'nobody could look at {thing} and see what you say you saw.',
]
const pleas = [
  'I can’t reach my boards and a customer is waiting.',
  'My late mother’s recipes are saved there too. Please give them back.',
  'You sent me an automatic answer. Could a person look?',
  'Which rule did I break? Your message does not say.',
  'I have never had a warning before.',
  'My daughter helped me make them, she is in tears.',
  'I need the links for my shop on {weekday}.',
  'Please look at the pictures once, it takes ten seconds.',
  'I appealed on {weekday} and heard nothing.',
]
const closings = [
  'Thank you, {name}',
  'Yours, {name} ({mail})',
  'Please write to {mail}.',
  'Kind regards from {place}',
  'Sincerely, a very sad {name}',
  '',
]

/** Whole appeals in other languages. */
const foreign: Readonly<Record<Exclude<Language, 'en'>, ReadonlyArray<string>>> = {
  de: [
    'Guten Tag, das sind {thing}! Bitte schauen Sie sich „{pin}“ doch einmal an. {name}',
    'Mein Konto ist seit {weekday} gesperrt. Ich sammle nur {thing}, seit {years} Jahren. Was habe ich falsch gemacht?',
    'Ich verstehe die Sperrung nicht. {thing} sind keine Pornografie. Grüße aus {place}',
  ],
  fr: [
    'Bonjour, ce ne sont que des {thing}. Pourriez-vous vérifier ? Merci, {name}',
    'Mon compte a été désactivé sans raison. « {pin} » n’a rien d’indécent. Répondez-moi : {mail}',
    'Je vous écris pour la deuxième fois : {years} ans de {thing} ont disparu !',
  ],
  es: [
    'Por favor, son {thing}. Llevo {years} años guardándolos. Un saludo, {name}',
    '¿Qué norma he incumplido? «{pin}» no es contenido para adultos.',
    'Mi cuenta está bloqueada desde {weekday} y nadie contesta. Solo tengo {thing}.',
  ],
  pt: [
    'Por favor, são apenas {thing}. Olhem “{pin}” e verão. Obrigada, {name}',
    'Perdi {years} anos de {thing}. Quero que uma pessoa veja o meu caso, não um robô.',
  ],
  ja: [
    '{thing}だけを保存しています。もう一度ご確認ください。{name}',
    '突然アカウントが停止されました。「{pin}」は成人向けではありません。{years}年分が消えました。',
  ],
}

const excuses = [
  'so what, everybody does it',
  'I will stop posting the links, pls reopen',
  'My business partner had the password, not me.',
  'It is legal where I live.',
  'This is the {count}th account you closed, I will just make another one.',
  'Those were art.',
  'Why me and not the others??',
  'I was hacked.',
  'It was only {count} pins out of thousands.',
  'I know, I know. I was angry that day and I am sorry for what I wrote to her.',
  'My nephew set up the bot, I just wanted a few more readers.',
  'One mistake in {years} years!',
]
const demands = [
  'Give me my followers back, {name}',
  'I want a person, not this form.',
  'You have until {weekday}, then you hear from my lawyer.',
  'Please, it is my only income.',
  'At least let me download my boards. {mail}',
  'It won’t happen again. {name}',
  '',
  '',
]
const names = ['Marta', 'June', 'Ilse', 'Yuki', 'Dolores', 'Tom', 'Amina', 'Wren', 'Petra', 'Joaquim', 'Zoë']
const places = ['Tulsa', 'Leeds', 'Graz', 'Lyon', 'Mérida', 'Recife', 'Kanazawa', 'Halifax', 'Cork']
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

const values = (random: Random, language: Language, theme: Theme): Readonly<Record<string, string>> => {
  const name = random.pick(names)
  return {
    thing: theme.thing[language],
    pin: random.pick(theme.pins),
    name,
    mail: `${name
      .normalize('NFD')
      .replaceAll(/[^A-Za-z]/g, '')
      .toLowerCase()}${random.between(2, 99)}@mail.example`,
    place: random.pick(places),
    weekday: random.pick(weekdays),
    years: String(random.between(2, 14)),
    count: String(random.between(3, 60)),
  }
}

/** What a person writes who did nothing wrong. */
export const innocentAppeal = (random: Random, language: Language, theme: Theme): string => {
  const words = values(random, language, theme)
  if (language !== 'en') return fill(random.pick(foreign[language]), words)
  const parts = [
    random.pick(openings),
    random.pick(whats),
    random.pick(pleas),
    ...(random.chance(400) ? [random.pick(pleas)] : []),
    random.pick(closings),
  ]
  return fill(parts.join(' ').trim(), words)
}

/** What a person writes who did. */
export const guiltyAppeal = (random: Random, language: Language, theme: Theme): string =>
  fill(`${random.pick(excuses)} ${random.pick(demands)}`.trim(), values(random, language, theme))

const answers = {
  upheld: [
    'We reviewed your appeal and found that the decision was correct.',
    'Your appeal was reviewed. Our decision stands.',
    'After a second look we are keeping the restriction in place.',
  ],
  reversed: [
    'We got this wrong. Your appeal was granted and we will put things back.',
    'You were right: this did not break our guidelines. We are sorry.',
    'A reviewer looked again and reversed the decision.',
  ],
  modified: [
    'We are shortening the restriction.',
    'Your account did break our guidelines, but the restriction was too severe. We will change it.',
  ],
  omitted: ['Your appeal came in after the time for appeals had run out.'],
} as const

/** What the platform answers. */
export const answerText = (random: Random, outcome: keyof typeof answers): string =>
  random.pick<string>(answers[outcome])
