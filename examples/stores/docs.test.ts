import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { STORES } from './stores.js'

// the sources, seen from where they are built to
const FOLDER = path.join(__dirname, '../../..')
const read = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8')

const page = read('../../docs/stores.md')
const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }

t.test('the table of docs/stores.md has each store, with the version that is tried and the fault that is found, and no other', async t => {
  const [, table] = /\| store \| safe \| looks safe.*\n\| ---.*\n((?:\|.*\n)+)/.exec(page)!
  const told = table!.trimEnd().split('\n').map(row => row.split(' | ')).map(([store, , , faults]) => [store!.replace(/^\| | \(.*\)$/g, ''), faults])
  t.same(told, STORES.map(store => [
    store.package === undefined ? store.name : `${store.name} ${dependencies[store.package]}`,
    Object.values(store.faults).map(fault => `\`${fault}\``).join(', ')
  ]))
})

t.test('the examples of docs/stores.md are those that are run, and each of those is shown', async t => {
  const examples = [...page.matchAll(/\]\(\.\.\/examples\/stores\/(.+?)\).*\n\n```ts\n([^]+?)```/g)]
  for (const [, file, code] of examples) t.ok(isPartOf(code!, read(file!)), file!)
  t.equal(examples.length, [...page.matchAll(/```ts\n/g)].length)
  t.same(examples.map(([, file]) => file), STORES.flatMap(({ file }) => [`${file}.ts`, `${file}.unsafe.ts`]))
  t.same(readdirSync(FOLDER).filter(file => file.endsWith('.unsafe.ts')).sort(), STORES.map(({ file }) => `${file}.unsafe.ts`).sort())
})

/** Does a file contain these lines, one below the other, all of them indented or none? */
function isPartOf (lines: string, file: string): boolean {
  return file.includes(lines) || file.includes(lines.replace(/^(?=.)/gm, '  '))
}

t.test('the client of Prisma is made from the schema beside it, by the version that is installed', async t => {
  const client = read('prisma/client/internal/class.ts')
  const [, inlined] = /"inlineSchema": (".+")/.exec(client)!
  t.equal(JSON.parse(inlined!), read('prisma/schema.prisma'))
  const [, version] = /"clientVersion": "(.+)"/.exec(client)!
  t.equal(version, dependencies['@prisma/client'])
})
