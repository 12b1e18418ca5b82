import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { FAULTS } from '../../lib/testing/fault.js'

const LIB = path.join(__dirname, '../../lib/testing')

const textOf = (folder: string, files: readonly string[]): string => files.map(file => readFileSync(path.join(folder, file), 'utf8')).join('\n')

t.test('each fault says in whole sentences what it means and what to change', async t => {
  for (const [fault, { meaning, cure }] of Object.entries(FAULTS)) {
    for (const text of [meaning, cure]) t.match(text, /^[A-Z].*\.$/, fault)
  }
  const meanings = Object.values(FAULTS).map(({ meaning }) => meaning)
  t.equal(new Set(meanings).size, meanings.length, 'no two mean the same')
})

t.test('each fault is found by a check, and planted in the test of one', async t => {
  const checks = textOf(LIB, readdirSync(LIB).filter(file => file !== 'fault.ts'))
  const tests = textOf(__dirname, readdirSync(__dirname).filter(file => file.endsWith('.test.ts')))
  for (const fault of Object.keys(FAULTS)) {
    t.ok(new RegExp(`Wrong\\([^\\n]*'${fault}'`).test(checks), `${fault} is found`)
    t.ok(new RegExp(`', '${fault}', \\{|faults, \\['${fault}'\\]`).test(tests), `${fault} is planted`)
  }
})
