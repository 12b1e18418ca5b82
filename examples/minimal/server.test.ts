import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { buildServer } from './server.js'

t.test('the example of the README reads, revalidates, writes, and refuses what is old or names no version', async t => {
  const app = await buildServer()
  const url = '/notes/1'
  const put = { method: 'PUT', url, payload: { text: 'Changed' } } as const
  const read = await app.inject(url)
  t.equal(read.headers.etag, '"1"')
  t.equal((await app.inject({ url, headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  t.equal((await app.inject(put)).statusCode, 428)
  const written = await app.inject({ ...put, headers: { 'if-match': '"1"' } })
  t.equal(written.statusCode, 200)
  t.equal(written.headers.etag, '"2"')
  t.equal((await app.inject({ ...put, headers: { 'if-match': '"1"' } })).statusCode, 412)
  t.equal((await app.inject('/notes/2')).statusCode, 404)
})

t.test('the contract check of the README passes, and prints its report', async t => {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(__dirname, 'contract.js')])
  t.match(stdout, /^(# )?ok {3}of writers who hold one tag and write at the same moment exactly one wins$/m)
  t.notMatch(stdout, 'FAIL')
})
