import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import type { TSchema } from '@sinclair/typebox'
import * as errors from '../lib/errors.js'
import { pluginOptionsSchema, routeOptionsSchema } from '../lib/option-schemas.js'
import { ERRORS_PAGE } from '../lib/problem.js'
import { checkRoute } from '../lib/testing/index.js'
import { FAULTS } from '../lib/testing/fault.js'
import { serve } from './testing/planted.js'

const ROOT = path.join(__dirname, '..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const readme = read('README.md')
const manifest = JSON.parse(read('package.json'))

t.test('docs/errors.md has a paragraph for every error code and for no other', async t => {
  const told = [...read('docs/errors.md').matchAll(/^### (.+)\n\n\S/gm)].map(([, code]) => code)
  t.same(told.toSorted(), Object.keys(errors).sort())
  for (const [name, FastifyError] of Object.entries(errors)) {
    t.equal(new (FastifyError as new (...args: string[]) => Error & { code: string })('', '').code, name)
  }
})

t.test('the type of a problem leads to the page of the repository', async t => {
  t.ok(ERRORS_PAGE.startsWith(manifest.homepage.replace('#readme', '/blob/main/docs/errors.md')))
})

/** The rows of the options that a schema declares, as the pages show them. */
function optionRows (schema: { properties: Record<string, TSchema> }): ReadonlyMap<string, string> {
  const shown = Object.entries(schema.properties).filter(([, option]) => option.expected !== undefined)
  return new Map(shown.map(([name, option]) => [name, `| \`${name}\` | ${option.expected} | ${showDefault(option.default)} | ${option.description} |`]))
}

function showDefault (value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? `\`'${value}'\`` : `\`${JSON.stringify(value)}\``
}

t.test('the options tables are those of the schemas', async t => {
  const page = read('docs/options.md')
  const head = '| name | type | default | meaning |\n| --- | --- | --- | --- |\n'
  for (const schema of [pluginOptionsSchema, routeOptionsSchema]) {
    const table = head + [...optionRows(schema).values()].join('\n')
    t.ok(page.includes(`${table}\n`), table)
  }
  const first = [...readme.matchAll(/^\| `(\w+)` \| .*$/gm)].filter(([, name]) => name! in routeOptionsSchema.properties)
  t.ok(first.length >= 5)
  for (const [row, name] of first) t.equal(row, optionRows(routeOptionsSchema).get(name!), name!)
})

t.test('the recipes of docs/operations.md are those that are run', async t => {
  const codes = [...read('docs/operations.md').matchAll(/```ts\n([^]+?)```/g)].map(([, code]) => code)
  t.same(codes, ['metrics', 'rollout', 'replicas'].map(name => read(`examples/operations/${name}.ts`)))
})

t.test('the recipes of docs/lost-updates.md are those that are run', async t => {
  const codes = [...read('docs/lost-updates.md').matchAll(/```ts\n(import [^]+?)```/g)].map(([, code]) => code)
  t.same(codes, ['digest', 'transaction', 'order', 'soft-delete', 'merge-patch'].map(name => read(`examples/lost-updates/${name}.ts`)))
})

t.test('docs/testing.md tells every fault as the check does, and shows a report as it is', async t => {
  const page = read('docs/testing.md')
  const rows = Object.entries(FAULTS).map(([fault, { meaning, cure }]) => `| \`${fault}\` | ${meaning} | ${cure} |`)
  t.ok(page.includes(`| fault | means | change |\n| --- | --- | --- |\n${rows.join('\n')}\n`), 'the table of the faults')

  const { app, route } = await serve({
    put: (precondition, table, id, text) => precondition.guard(() => table.update(id, text, () => true), { create: () => table.insert(id, text) })
  })
  t.teardown(() => app.close())
  const error: Error = await checkRoute(app, route).then(() => { throw new Error('it passed') }, thrown => thrown)
  const [, shown] = /```text\n([^]+?)```/.exec(page)!
  // how often others were served before is not always the same
  const plain = (text: string): string => text.trim().replaceAll(/"\d+"/g, '"…"')
  t.equal(plain(error.message), plain(shown!))
})

t.test('each MUST of docs/rfc-9110.md names a file of lib and a test that there is', async t => {
  const tests = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.test.ts') && file !== 'docs.test.ts')
    .map(file => read(`test/${file}`)).join('\n')
  const rows = [...read('docs/rfc-9110.md').matchAll(/^\| [\d., ]+ \| .+ \| `(.+?)` \| (.+) \|$/gm)]
  t.ok(rows.length > 20)
  for (const [, file, title] of rows) {
    t.ok(existsSync(path.join(ROOT, 'lib', file!)), file!)
    t.ok(tests.includes(`t.test('${title!.replaceAll("'", "\\'")}'`), title!)
  }
})

t.test('each of the 34 mistakes of other packages has a test of its own', async t => {
  const tests = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.test.ts')).map(file => read(`test/${file}`)).join('\n')
  for (let row = 1; row <= 34; row++) t.match(tests, new RegExp(`(?:t\\.test\\(|plugin: )['\`]peers 4\\.${row}: `), `row ${row}`)
})

t.test('the examples of the README are those that are run', async t => {
  const codes = [...readme.matchAll(/```ts\n([^]+?)```/g)].map(([, code]) => code)
  t.same(codes, ['server', 'contract'].map(name => read(`examples/minimal/${name}.ts`)))
})

t.test('the README has two commands, and CI runs the second', async t => {
  const commands = [...readme.matchAll(/```sh\n(.+)\n```/g)].map(([, command]) => command)
  t.same(commands.slice(0, 2), ['npm ci && npm start', 'npm cit'])
  t.equal(read('.ci/run').trim().split('\n').at(-1), 'npm cit')
})

t.test('npm test runs every check that CONTRIBUTING names', async t => {
  const named = [...read('CONTRIBUTING.md').matchAll(/^\| `npm run (\S+)`/gm)].map(([, script]) => script!)
  // the long form of test:races, which has its results in docs/lost-updates.md, and test:unit on every Node
  const long = ['test:atomic', 'test:nodes', 'bench']
  for (const script of named.filter(name => !long.includes(name))) t.match(manifest.scripts.test, `npm run -s ${script}`, script)
})

t.test('a link of one page to another leads somewhere', async t => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...readdirSync(path.join(ROOT, 'docs')).map(file => `docs/${file}`)]) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      t.ok(existsSync(path.join(ROOT, path.dirname(page), target!)), `${page}: ${target}`)
    }
  }
})

t.test('the six packages that the project is built on stand in package.json', async t => {
  const all = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies }
  for (const name of ['fastify', 'fastify-plugin', '@fastify/type-provider-typebox', '@sinclair/typebox', 'tap', 'typescript']) t.ok(all[name], name)
})
