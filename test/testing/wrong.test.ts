import t from 'tap'
import { NotChecked, Wrong } from '../../lib/testing/wrong.js'
import type { Came, Exchange } from '../../lib/testing/target.js'

function exchangeOf (came: Partial<Came>, headers: Record<string, string> = {}): Exchange {
  return { sent: { method: 'PUT', url: '/rows/7', headers }, came: { status: 412, etag: undefined, body: undefined, ...came } }
}

const cameOf = (came: Partial<Came>): string => new Wrong('unguarded', exchangeOf(came)).finding.came

t.test('what was sent is told by method, url and conditions, and no other field, which may be a secret', async t => {
  const headers = { authorization: 'Bearer 1', 'if-match': '"1"', 'if-none-match': '*', 'fastify-etag-policy-hold': '1' }
  t.same(new Wrong('unguarded', exchangeOf({}, headers)).finding, { fault: 'unguarded', sent: 'PUT /rows/7, If-Match: "1", If-None-Match: *', came: '412' })
})

t.test('several exchanges are told in their order', async t => {
  const { sent, came } = new Wrong('two-winners', exchangeOf({ status: 200, etag: '"2"' }, { 'if-match': '"1"' }), exchangeOf({ status: 204 })).finding
  t.equal(sent, 'PUT /rows/7, If-Match: "1"; PUT /rows/7')
  t.equal(came, '200, ETag: "2"; 204')
})

t.test('what came is told by its status and tag, and where it is no success by its reason', async t => {
  const table: ReadonlyArray<readonly [Partial<Came>, string]> = [
    [{ status: 200, etag: '"2"', body: { text: 'x' } }, '200, ETag: "2"'],
    [{ status: 304, etag: '"2"' }, '304, ETag: "2"'],
    [{ status: 400, body: { type: 'about:blank', title: 'Bad Request', detail: 'text is missing' } }, '400, text is missing'],
    [{ status: 500, body: { statusCode: 500, message: 'duplicate key' } }, '500, duplicate key'],
    [{ status: 400, body: { message: 'said so', detail: { at: 1 } } }, '400, said so'],
    [{ status: 400, body: { errors: [1] } }, '400, {"errors":[1]}'],
    [{ status: 400, body: ['no'] }, '400, ["no"]'],
    [{ status: 400, body: null }, '400, null'],
    [{ status: 400, body: 7 }, '400, 7'],
    [{ status: 502, body: '<html>\n  <p>Bad Gateway</p>\n</html>' }, '502, <html> <p>Bad Gateway</p> </html>']
  ]
  for (const [came, expected] of table) t.equal(cameOf(came), expected)
})

t.test('a long body is cut, and shows that it is', async t => {
  t.equal(cameOf({ status: 500, body: 'x'.repeat(120) }), `500, ${'x'.repeat(120)}`)
  t.equal(cameOf({ status: 500, body: 'x'.repeat(121) }), `500, ${'x'.repeat(120)}…`)
  t.equal(cameOf({ status: 500, body: { list: 'x'.repeat(1e6) } }).length, '500, …'.length + 120)
})

t.test('a check that cannot be made is nothing wrong', async t => {
  t.notOk(new NotChecked('why') instanceof Wrong)
  t.equal(new NotChecked('why').message, 'why')
})
