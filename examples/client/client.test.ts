import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { Pool } from 'pg'
import { Documents } from '../documents/documents.js'
import { Pages } from '../documents/pages.js'
import { startPostgres } from '../documents/postgres.js'
import { buildServer } from '../documents/server.js'

interface Content { title: string, entries: string[] }
interface Read { etag: string, content: Content }

/** What client.ts exports, which is compiled apart. */
interface ClientModule {
  clientOf (origin: string): unknown
  read (api: unknown, id: string): Promise<Read>
  change (api: unknown, id: string, edit: (content: Content) => Content, first?: Read): Promise<{ sent: number, etag: string }>
}

const FOLDER = path.join(__dirname, '../../../examples/client')
const run = promisify(execFile)
const bin = (name: string): string => path.join(FOLDER, 'node_modules/.bin', name)

t.test('a client that is generated from the OpenAPI document', async t => {
  const data = path.join(__dirname, 'test-data')
  const postgres = await startPostgres(data)
  const pool = new Pool({ connectionString: postgres.url })
  // the database ends before the last of its connections has
  pool.on('error', () => {})
  const documents = new Documents(pool)
  const app = await buildServer(documents, new Pages(pool))
  t.teardown(async () => {
    await app.close()
    await pool.end()
    await postgres.stop()
    await rm(data, { recursive: true, force: true })
  })
  await documents.prepare()
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })

  await t.test('compiles, and does not compile without If-Match where the policy requires it', async () => {
    const generated = path.join(FOLDER, 'generated')
    await mkdir(generated, { recursive: true })
    const document = path.join(generated, 'openapi.json')
    await writeFile(document, JSON.stringify(app.swagger()))
    await run(bin('openapi-typescript'), [document, '--output', path.join(generated, 'documents.ts')])
    // refuses.ts expects an error on each line that lacks the field
    await run(bin('tsc'), ['-p', FOLDER])
  })

  await t.test('reads, writes, is refused an old version, merges, and writes again', async t => {
    const { clientOf, read, change } = require(path.join(FOLDER, 'build/client.js')) as ClientModule
    const { id } = await documents.insert({ title: 'Shared', entries: [] })
    const [ann, bob] = [clientOf(origin), clientOf(origin)]
    const seenByBoth = await read(ann, id)
    t.equal(seenByBoth.etag, '"1"')
    t.strictSame(await change(ann, id, ({ title, entries }) => ({ title, entries: [...entries, 'of Ann'] }), seenByBoth), { sent: 1, etag: '"2"' })
    t.strictSame(await change(bob, id, ({ title, entries }) => ({ title, entries: [...entries, 'of Bob'] }), seenByBoth), { sent: 2, etag: '"3"' })
    t.strictSame((await read(ann, id)).content.entries, ['of Ann', 'of Bob'])
    await t.rejects(change(ann, '999999', content => content, seenByBoth), { message: /FST_ETAG_NOT_FOUND/ })
  })
})
