import t from 'tap'
import { guardedPut, findEach, passEach, reportOf, notChecked } from './planted.js'

const CLAIM = 'a DELETE that names no version is answered as the policy says'

findEach(t, [
  ['a policy that nobody set', 'policy-missing', { options: { policy: 'OPTIONAL' } }],
  ['a policy for DELETE alone where all is meant', 'policy-missing', { options: { policy: 'REQUIRED_FOR_DELETE' } }],
  ['a policy that is not meant', 'policy-unexpected', {}, { policy: 'OPTIONAL' }],
  ['a policy that is not meant, by 409', 'policy-unexpected', { options: { missing: 409 } }, { policy: 'REQUIRED_FOR_DELETE', missing: 409 }],
  ['a 409 in place of 428', 'policy-answer', { options: { missing: 409 } }],
  ['a write without a version that is refused as something else', 'policy-answer', {
    prepare: app => { app.addHook('onRequest', async (request, reply) => request.method !== 'GET' && Object.keys(request.headers).every(name => !name.startsWith('if-')) ? reply.code(403).send() : undefined) }
  }],
  ['a write without a version that fails where none is asked for', 'write-failed', {
    options: { policy: 'OPTIONAL' },
    put: (precondition, table, id, text, reply) => reply.request.headers['if-match'] === undefined && reply.request.headers['if-none-match'] === undefined
      ? Promise.reject(new Error('no version'))
      : guardedPut(precondition, table, id, text)
  }, { policy: 'OPTIONAL' }]
])

passEach(t, [
  ['a policy for DELETE alone', { options: { policy: 'REQUIRED_FOR_DELETE' } }, { policy: 'REQUIRED_FOR_DELETE' }],
  ['a 409 that is meant', { options: { missing: 409 } }, { missing: 409 }]
])

t.test('where no version is asked for, a DELETE without one would remove what is needed, and is not sent', async t => {
  const report = await reportOf({ options: { policy: 'OPTIONAL' } }, { policy: 'OPTIONAL' })
  t.same(report.faults, [], String(report))
  t.same(notChecked(report), [[CLAIM, 'the policy asks for nothing']])
})

t.test('a refusal for want of a version that has written all the same is found', async t => {
  const report = await reportOf({
    prepare: (app, table) => {
      app.addHook('preValidation', async request => {
        if (request.method === 'PUT' && request.headers['if-match'] === undefined) await table.update('7', 'slipped in', () => true, row => row.version)
      })
    }
  })
  t.same(report.faults, ['refused-but-written'])
})
