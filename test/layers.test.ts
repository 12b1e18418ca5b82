import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

const ROOT = path.join(__dirname, '..')
const LIB = path.join(ROOT, 'lib')

const RINGS = ['Pure rules', 'Resolved settings', 'The Fastify edge', 'The contract check'] as const

/** The layout that CONTRIBUTING.md tells: the files of each ring, in order. */
function readLayout (): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  return new Map(RINGS.map(ring => {
    const section = page.split(`### ${ring}\n`)[1]!.split(/^##/m)[0]!
    return [ring, [...section.matchAll(/^\| `(.+\.ts)` \| \S.* \|$/gm)].map(([, file]) => file!)]
  }))
}

const layout = readLayout()
const order = RINGS.flatMap(ring => layout.get(ring)!)
const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

/** What a file imports: files of lib as their paths in it, packages as they are named. */
function importsOf (file: string): readonly string[] {
  const text = readFileSync(path.join(LIB, file), 'utf8')
  const named = [...text.matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\() ?'([^']+)'/g)].map(([, name]) => name!)
  return named.map(name => name.startsWith('.')
    ? path.join(path.dirname(file), name).replace(/\.js$/, '.ts')
    : name)
}

t.test('every file of lib is in the order, once, and the order names no other', async t => {
  t.same(order.toSorted(), files.toSorted())
})

for (const [place, file] of order.entries()) {
  t.test(`${file} imports only what stands before it`, async t => {
    const earlier = new Set(order.slice(0, place))
    const later = importsOf(file).filter(name => name.endsWith('.ts') && !earlier.has(name))
    t.same(later, [])
  })
}

const ALLOWED: Record<typeof RINGS[number], readonly string[]> = {
  'Pure rules': [],
  'Resolved settings': ['@fastify/error', '@sinclair/typebox', '@sinclair/typebox/value', 'node:crypto', 'node:util'],
  'The Fastify edge': ['fastify', 'fastify-plugin', 'node:diagnostics_channel', 'node:http', 'node:util'],
  'The contract check': ['node:crypto', 'node:timers/promises', 'node:util']
}

for (const ring of RINGS) {
  t.test(`${ring}: packages are imported from ${ALLOWED[ring].join(', ') || 'nowhere'} alone`, async t => {
    for (const file of layout.get(ring)!) {
      const packages = importsOf(file).filter(name => !name.endsWith('.ts'))
      t.same(packages.filter(name => !ALLOWED[ring].includes(name)), [], file)
    }
  })
}

t.test('every file of lib is loaded, so that its coverage counts', async t => {
  for (const file of files) t.ok(await import(`../lib/${file.replace(/ts$/, 'js')}`), file)
})

t.test('every file of lib that has code has a test file of its own', async t => {
  const onlyTypes = new Set(files.filter(file => !/^(export )?(async )?(const|function|class|export =)/m.test(readFileSync(path.join(LIB, file), 'utf8'))))
  const missing = files.filter(file => !onlyTypes.has(file) && !testExists(file))
  t.same(missing, [])
})

function testExists (file: string): boolean {
  const test = path.join(ROOT, 'test', file.replace(/\.ts$/, '.test.ts'))
  return existsSync(test)
}
