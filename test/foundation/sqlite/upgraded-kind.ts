import type { FileKind } from '../../../src/foundation/sqlite/database.ts'

/** A kind of file, as its first version was. */
export const firstKind: FileKind = {
  name: 'file of notes',
  applicationId: 'RdrT',
  version: 1,
  schema: [
    'CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT',
    'CREATE INDEX notes_by_text ON notes (note)',
  ],
}

const schema: ReadonlyArray<string> = [
  'CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT NOT NULL, length INTEGER NOT NULL) STRICT',
  'CREATE INDEX notes_by_length ON notes (length)',
  `CREATE TRIGGER notes_no_delete BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'notes are never deleted'); END`,
]

const steps: NonNullable<FileKind['upgrades']>[number] = [
  'DROP INDEX notes_by_text',
  'ALTER TABLE notes RENAME TO old_notes',
  ...schema,
  'INSERT INTO notes SELECT id, note, length(note) FROM old_notes',
  'DROP TABLE old_notes',
]

export const STEPS = steps.length

/** The second version of the same kind. */
export const secondKind: FileKind = { ...firstKind, version: 2, schema, upgrades: { 1: steps } }

/** The same, but that something happens after so many steps of the upgrade. */
export const kindWith = (after: number, step: (typeof steps)[number]): FileKind => ({
  ...secondKind,
  upgrades: { 1: [...steps.slice(0, after), step, ...steps.slice(after)] },
})

/** The same, but that the process is killed after so many steps of the upgrade. */
export const kindKilledAfter = (after: number): FileKind =>
  kindWith(after, () => {
    process.kill(process.pid, 'SIGKILL')
  })
