import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import Fastify, { type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type Problem } from '../lib/index.js'
import { documentApp, type DocumentApp } from './document-app.js'

const page = readFileSync(path.join(__dirname, '../docs/errors.md'), 'utf8')
const PAGE = 'https://github.com/fastify-etag-policy/fastify-etag-policy/blob/main/docs/errors.md'

type Headers = Record<string, string>
const put = ({ app }: DocumentApp, headers: Headers, id = '7'): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'PUT', url: `/documents/${id}?token=secret`, headers, payload: { title: 'x' } })

/** A service whose document has this version. */
async function atVersion (version: number, options = {}): Promise<DocumentApp> {
  const service = await documentApp({ policy: 'REQUIRED', ...options })
  service.rows.byId.get('7')!.version = version
  return service
}

const required: Omit<Problem, 'title' | 'status'> = {
  type: `${PAGE}#fst_etag_precondition_required`,
  detail: 'PUT /documents/7 must name the version that it changes. Read the document and send its ETag in If-Match.',
  instance: '/documents/7',
  code: 'FST_ETAG_PRECONDITION_REQUIRED',
  field: 'If-Match',
  policy: 'REQUIRED',
  level: 'plugin',
  currentEtag: '"3"'
}

const table: Record<string, { answer: () => Promise<LightMyRequestResponse>, body: Problem, etag?: string }> = {
  400: {
    answer: async () => put(await atVersion(3), { 'if-match': '100' }),
    body: {
      type: `${PAGE}#fst_etag_invalid_field`,
      title: 'Bad Request',
      status: 400,
      detail: 'If-Match must be * or entity-tags in double quotes, such as "100"; found 100',
      instance: '/documents/7',
      code: 'FST_ETAG_INVALID_FIELD',
      field: 'If-Match'
    }
  },
  '400 members': {
    answer: async () => {
      const app = Fastify()
      await app.register(etagPlugin)
      app.put('/products', { config: { etag: { source: { members: 'version' }, load: () => [] } } }, async () => ({}))
      return app.inject({ method: 'PUT', url: '/products', payload: [{ id: 1 }, { id: 1 }] })
    },
    body: {
      type: `${PAGE}#fst_etag_invalid_members`,
      title: 'Bad Request',
      status: 400,
      detail: 'The member at 1 has the id of one before it: each may be there once.',
      instance: '/products',
      code: 'FST_ETAG_INVALID_MEMBERS'
    }
  },
  404: {
    answer: async () => put(await atVersion(3), {}, '8'),
    body: {
      type: `${PAGE}#fst_etag_not_found`,
      title: 'Not Found',
      status: 404,
      detail: 'Nothing was found at /documents/8.',
      instance: '/documents/8',
      code: 'FST_ETAG_NOT_FOUND'
    }
  },
  '409 conflict': {
    answer: async () => {
      const service = await atVersion(0, { policy: 'OPTIONAL' })
      // each time the state is loaded, somebody else has written
      const { rows } = service
      const find = rows.find.bind(rows)
      rows.find = async id => {
        const row = await find(id)
        row!.version++
        return { ...row! }
      }
      rows.update = async () => null
      return put(service, {})
    },
    body: {
      type: `${PAGE}#fst_etag_conflict`,
      title: 'Conflict',
      status: 409,
      detail: 'The current version is no longer the one that this request began with. Read it again, apply your change, and send its ETag in If-Match.',
      instance: '/documents/7',
      code: 'FST_ETAG_CONFLICT',
      reason: 'changed',
      currentEtag: '"22"'
    },
    etag: '"22"'
  },
  '409 missing': {
    answer: async () => put(await atVersion(3, { missing: 409 }), {}),
    body: { ...required, title: 'Conflict', status: 409 },
    etag: '"3"'
  },
  412: {
    answer: async () => put(await atVersion(4), { 'if-match': '"3"' }),
    body: {
      type: `${PAGE}#fst_etag_precondition_failed`,
      title: 'Precondition Failed',
      status: 412,
      detail: 'The current version is not the one in If-Match. Read it again, apply your change, and send its ETag.',
      instance: '/documents/7',
      code: 'FST_ETAG_PRECONDITION_FAILED',
      field: 'If-Match',
      reason: 'changed',
      currentEtag: '"4"'
    },
    etag: '"4"'
  },
  428: {
    answer: async () => put(await atVersion(3), {}),
    body: { ...required, title: 'Precondition Required', status: 428 },
    etag: '"3"'
  }
}

const documented = [...page.matchAll(/```json\n([^]+?)```/g)].map(([, json]) => JSON.parse(json!))

for (const [name, { answer, body, etag }] of Object.entries(table)) {
  t.test(`the body of ${name} is the one on the page`, async t => {
    const response = await answer()
    t.strictSame(response.json(), body)
    t.equal(response.statusCode, body.status)
    t.equal(response.headers['content-type'], 'application/problem+json')
    t.equal(response.headers.etag, etag)
    t.ok(documented.some(shown => JSON.stringify(sorted(shown)) === JSON.stringify(sorted(body))), 'docs/errors.md')
  })
}

t.test('the page shows these bodies and no other', async t => {
  t.equal(documented.length, Object.keys(table).length)
})

function sorted (body: object): object {
  return Object.fromEntries(Object.entries(body).sort(([a], [b]) => a < b ? -1 : 1))
}
