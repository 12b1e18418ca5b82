import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin from '../lib/index.js'

const TEXT = '0123456789'
const WRITTEN = new Date('2026-01-02T03:04:05Z')
const LATER = new Date('2026-01-02T03:04:06Z').toUTCString()

function folderOf (t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'fastify-etag-policy-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'file.txt')
  writeFileSync(file, TEXT)
  utimesSync(file, WRITTEN, WRITTEN)
  return folder
}

const part = (app: FastifyInstance, ifRange?: string, url = '/file.txt') =>
  app.inject({ url, headers: { range: 'bytes=2-3', ...(ifRange !== undefined && { 'if-range': ifRange }) } })

const STATUS_OF_PART = { 206: '23', 200: TEXT }

t.test('peers 4.29: beside @fastify/static a Range is honoured for what If-Range names, and for nothing that looks like it', async t => {
  const root = folderOf(t)
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: 'version' })
  await app.register(fastifyStatic, { root })
  const { headers } = await app.inject('/file.txt')
  const own = String(headers.etag)
  t.match(own, /^W\//)
  const table: ReadonlyArray<readonly [ifRange: string | undefined, status: 206 | 200 | 412]> = [
    [undefined, 206],
    [own, 200],
    [own.slice(2), 200],
    [`"zzz", ${own}`, 200],
    ['"zzz"', 200],
    [String(headers['last-modified']), 206],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 200],
    // static takes any date that is not earlier
    [LATER, 412]
  ]
  for (const [ifRange, status] of table) {
    const answer = await part(app, ifRange)
    t.equal(answer.statusCode, status, String(ifRange))
    if (status !== 412) t.equal(answer.body, STATUS_OF_PART[status])
    else t.match(answer.json(), { field: 'If-Range', reason: 'changed' })
  }
  t.equal((await app.inject({ url: '/file.txt', headers: { 'if-none-match': own } })).statusCode, 304, 'its own 304 stays')
})

t.test('a route that knows its state decides about the part of a file, whatever sends it', async t => {
  const root = folderOf(t)
  const app = Fastify()
  await app.register(etagPlugin, { source: state => `${state.size}-${state.mtimeMs}`, lastModified: 'mtime' })
  await app.register(fastifyStatic, { root, serve: false, etag: false, lastModified: false })
  app.get<{ Params: { name: string } }>('/:name', { config: { etag: { load: request => stat(path.join(root, (request.params as { name: string }).name)) } } },
    async (request, reply) => {
      await request.precondition.load()
      return reply.sendFile(request.params.name)
    })
  const { headers: { etag, 'last-modified': date } } = await app.inject('/file.txt')
  t.equal(etag, `"10-${WRITTEN.getTime()}"`)
  const table = [[undefined, 206], [etag, 206], [date, 206], [`W/${etag}`, 200], [`"zzz", ${etag}`, 200], ['"zzz"', 200], [LATER, 200]] as const
  for (const [ifRange, status] of table) {
    const answer = await part(app, ifRange)
    t.equal(answer.statusCode, status, String(ifRange))
    t.equal(answer.body, STATUS_OF_PART[status])
    t.equal(answer.headers.etag, etag)
  }
  t.equal((await app.inject({ url: '/file.txt', headers: { range: 'bytes=2-3', 'if-none-match': String(etag) } })).statusCode, 304)
})

t.test('a handler of its own asks mayUseRange', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/file.txt', { config: { etag: { load: () => ({ version: 3 }) } } }, async (request, reply) => {
    await request.precondition.load()
    if (!request.precondition.mayUseRange) return reply.send(TEXT)
    return reply.code(206).header('content-range', 'bytes 2-3/10').send(TEXT.slice(2, 4))
  })
  for (const [ifRange, status] of [[undefined, 206], ['"3"', 206], ['"2"', 200], ['W/"3"', 200]] as const) {
    const answer = await part(app, ifRange)
    t.equal(answer.statusCode, status, String(ifRange))
    t.equal(answer.body, STATUS_OF_PART[status])
    t.equal(answer.headers.etag, '"3"')
  }
  t.equal((await app.inject('/file.txt')).body, TEXT)
})
