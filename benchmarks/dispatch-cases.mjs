// What does dispatching a request consist of? Applications of one route, what they are asked, and what they must answer.

import Fastify from 'fastify'
import etagPlugin, { defineEtag } from '../dist/index.js'
import { versionIn } from './by-hand.mjs'

const Row = {
  type: 'object',
  properties: { id: { type: 'string' }, title: { type: 'string' }, text: { type: 'string' }, version: { type: 'integer' } }
}
const List = { type: 'object', properties: { items: { type: 'array', items: Row } } }

// each 200 bytes as JSON
const row = { id: '7', title: 'A document of two hundred bytes', text: 'x'.repeat(123), version: 17 }
const list = { items: [{ id: '1', title: 'A member', text: 'x'.repeat(45), version: 3 }, { id: '2', title: 'A member', text: 'x'.repeat(45), version: 5 }] }

// every request gets another object, as from a store: of one alone V8 would compute the tag when it compiles
const copiesOf = value => Array.from({ length: 8 }, () => structuredClone(value))
let served = 0

const tagOf = ({ version }) => `"${version}"`

/** An application of one route; every handler here has the same shape. */
function application ({ sent = row, response = Row, etag, answer = (_request, reply, state) => { reply.send(state) }, isRegistered = etag !== undefined }) {
  return async () => {
    const states = copiesOf(sent)
    const handler = (request, reply) => answer(request, reply, states[served++ & 7])
    const app = Fastify({ exposeHeadRoutes: false })
    if (isRegistered) await app.register(etagPlugin, { source: 'version' })
    app.get('/', { schema: { response: { 200: response } }, ...etag !== undefined && { config: { etag } } }, handler)
    return app.ready()
  }
}

function answerByHand ({ headers }, reply, state) {
  const tag = tagOf(state)
  reply.header('etag', tag)
  if (headers['if-none-match'] === tag) reply.code(304).send()
  else reply.send(state)
}

const rows = copiesOf(row)
const load = () => rows[served++ & 7]
const members = { sent: list, response: List, etag: { source: { members: 'version', at: 'items' } } }

// what a store gives and does, one turn later: as promises of rows that it makes anew
const find = async () => ({ ...rows[served++ & 7] })
const update = async version => ({ ...rows[served++ & 7], version: version + 1 })

/** An application of one PUT, whose handler waits for what it reads and writes. */
const writing = ({ etag, handler, preHandler, register = etag !== undefined }) => async () => {
  const app = Fastify()
  if (register) await app.register(etagPlugin, { source: 'version' })
  app.put('/', { schema: { response: { 200: Row } }, ...etag !== undefined && { config: { etag } }, ...preHandler !== undefined && { preHandler } }, handler)
  return app.ready()
}

// as long as the one of this plugin
const PROBLEM = JSON.stringify({ type: 'about:blank', title: 'Precondition Failed', status: 412, detail: 'x'.repeat(310) })

function refuseByHand ({ headers }, reply, done) {
  const tag = tagOf(load())
  if (headers['if-match'] === tag) return done()
  reply.code(412).header('etag', tag).type('application/problem+json').send(PROBLEM)
}

async function writeByHand ({ headers }, reply) {
  const { version } = await find()
  const tag = tagOf({ version })
  if (headers['if-match'] !== undefined && headers['if-match'] !== tag) return reply.code(412).send()
  const written = await update(version)
  if (written === null) return reply.code(412).send()
  reply.header('etag', tagOf(written))
  return written
}

async function writeAtOnceByHand ({ headers }, reply) {
  const written = await update(versionIn(headers['if-match']))
  if (written === null) return reply.code(412).send()
  reply.header('etag', tagOf(written))
  return written
}

const atOnce = defineEtag({ source: 'version', load: find, parseVersion: Number })

/** `sends` is what If-None-Match has, or If-Match of a write: the tag of the answer, an old one, or nothing. */
export const CASES = {
  bare: { build: application({}) },
  'bare again': { build: application({}) },
  'did not ask': { build: application({ isRegistered: true }) },
  'tag set by hand': { build: application({ answer: (_request, reply, state) => { reply.header('etag', tagOf(state)).send(state) } }) },
  'asked, load, no condition': { build: application({ etag: { load } }) },
  'asked, returned object, no condition': { build: application({ etag: {} }) },
  'asked, list, no condition': { build: application(members) },
  'asked, load, an old tag': { build: application({ etag: { load } }), sends: 'old' },
  'asked, returned object, an old tag': { build: application({ etag: {} }), sends: 'old' },
  '304 by hand': { build: application({ answer: answerByHand }), sends: 'current', status: 304 },
  '304, load': { build: application({ etag: { load } }), sends: 'current', status: 304 },
  '304, async load': { build: application({ etag: { load: async () => load() } }), sends: 'current', status: 304 },
  '304, returned object': { build: application({ etag: {} }), sends: 'current', status: 304 },
  'plain PUT': { build: writing({ handler: () => update(17) }), method: 'PUT' },
  'PUT, 412 by hand': { build: writing({ preHandler: refuseByHand, handler: () => update(17) }), method: 'PUT', sends: 'old', status: 412 },
  'PUT, 412': { build: writing({ etag: { load }, handler: ({ precondition }) => precondition.guard(({ version }) => update(version)) }), method: 'PUT', sends: 'old', status: 412 },
  'PUT, version compared by hand': { build: writing({ handler: writeByHand }), method: 'PUT', sends: 'current' },
  'PUT, guard': { build: writing({ etag: { load: find }, handler: ({ precondition }) => precondition.guard(({ version }) => update(version)) }), method: 'PUT', sends: 'current' },
  'PUT, at once by hand': { build: writing({ handler: writeAtOnceByHand }), method: 'PUT', sends: 'current' },
  'PUT, guarded with parseVersion': { build: writing({ etag: atOnce, handler: atOnce.guarded((_request, { version }) => update(version)) }), method: 'PUT', sends: 'current' },
  '304, list': { build: application(members), sends: 'current', status: 304 }
}
