import t from 'tap'
import { parseEntityTag } from '../lib/entity-tag.js'
import { parseEntityTagList } from '../lib/entity-tag-list.js'
import { concernsRepresentation, evaluate, isRead, type Conditions, type Evaluation, type Validators } from '../lib/preconditions.js'

const tags = (text: string) => parseEntityTagList(text)!
const said = (evaluation: Evaluation) => Object.values(evaluation).join(', ')
const READS = ['GET', 'HEAD']
const WRITES = ['PUT', 'PATCH', 'DELETE', 'POST', 'put', 'QUERY']

const older = 99
const lastModified = 100
const newer = 101
const strong: Validators = { etag: parseEntityTag('"1"'), lastModified }
const weak: Validators = { etag: parseEntityTag('W/"1"'), lastModified }
const untagged: Validators = { lastModified }
const undated: Validators = { etag: parseEntityTag('"1"') }
const nothing = undefined

const asked = {
  ifMatch: { true: tags('"1"'), false: tags('"2"'), '-': undefined },
  ifUnmodifiedSince: { true: lastModified, false: older, '-': undefined },
  ifNoneMatch: { true: tags('"2"'), false: tags('"1"'), '-': undefined },
  ifModifiedSince: { true: older, false: lastModified, '-': undefined }
}
const answers = ['true', 'false', '-'] as const
type Answer = typeof answers[number]

t.test('the order of RFC 9110, 13.2.2, for every answer that the four conditions can give', async t => {
  const failedMatch = 'precondition-failed, If-Match, changed'
  const failedDate = 'precondition-failed, If-Unmodified-Since, changed'
  const failedNone = 'precondition-failed, If-None-Match, exists'
  const table = [
    // If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since, then what a read and a write are told
    ['false', '?', '?', '?', failedMatch, failedMatch],
    ['-', 'false', '?', '?', failedDate, failedDate],
    ['true', '?', 'false', '?', 'not-modified, If-None-Match', failedNone],
    ['-', 'true', 'false', '?', 'not-modified, If-None-Match', failedNone],
    ['-', '-', 'false', '?', 'not-modified, If-None-Match', failedNone],
    ['true', '?', 'true', '?', 'proceed', 'proceed'],
    ['-', 'true', 'true', '?', 'proceed', 'proceed'],
    ['-', '-', 'true', '?', 'proceed', 'proceed'],
    ['true', '?', '-', 'false', 'not-modified, If-Modified-Since', 'proceed'],
    ['-', 'true', '-', 'false', 'not-modified, If-Modified-Since', 'proceed'],
    ['-', '-', '-', 'false', 'not-modified, If-Modified-Since', 'proceed'],
    ['true', '?', '-', 'true', 'proceed', 'proceed'],
    ['true', '?', '-', '-', 'proceed', 'proceed'],
    ['-', 'true', '-', 'true', 'proceed', 'proceed'],
    ['-', 'true', '-', '-', 'proceed', 'proceed'],
    ['-', '-', '-', 'true', 'proceed', 'proceed'],
    ['-', '-', '-', '-', 'proceed', 'proceed']
  ] as const

  const every = answers.flatMap(a => answers.flatMap(b => answers.flatMap(c => answers.map((d): Answer[] => [a, b, c, d]))))
  for (const sent of every) {
    const rows = table.filter(row => sent.every((answer, i) => row[i] === '?' || row[i] === answer))
    t.equal(rows.length, 1, `one row for ${sent}`)
    const [ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince] = sent as [Answer, Answer, Answer, Answer]
    const conditions: Conditions = {
      ifMatch: asked.ifMatch[ifMatch],
      ifUnmodifiedSince: asked.ifUnmodifiedSince[ifUnmodifiedSince],
      ifNoneMatch: asked.ifNoneMatch[ifNoneMatch],
      ifModifiedSince: asked.ifModifiedSince[ifModifiedSince]
    }
    const [,,,, read, write] = rows[0]!
    for (const method of READS) t.equal(said(evaluate(method, conditions, strong)), read, `${method} ${sent}`)
    for (const method of WRITES) t.equal(said(evaluate(method, conditions, strong)), write, `${method} ${sent}`)
  }
})

t.test('If-Match holds for what exists or for a strong match, and says why it does not (13.1.1)', async t => {
  const table = [
    ['*', strong, 'proceed'],
    ['*', weak, 'proceed'],
    ['*', untagged, 'proceed'],
    ['*', nothing, 'absent'],
    ['"1"', strong, 'proceed'],
    ['"0", "1", "2"', strong, 'proceed'],
    ['"*"', strong, 'changed'],
    ['"2", W/"3"', strong, 'changed'],
    ['"2"', weak, 'changed'],
    ['W/"1"', strong, 'weak'],
    ['"1"', weak, 'weak'],
    ['W/"1"', weak, 'weak'],
    ['"2", W/"1"', strong, 'weak'],
    ['"1"', untagged, 'unevaluable'],
    ['', strong, 'unevaluable'],
    ['', untagged, 'unevaluable'],
    ['"1"', nothing, 'absent'],
    ['', nothing, 'absent']
  ] as const
  for (const [field, current, answer] of table) {
    const expected = answer === 'proceed' ? answer : `precondition-failed, If-Match, ${answer}`
    for (const method of ['GET', 'PUT']) {
      t.equal(said(evaluate(method, { ifMatch: tags(field) }, current)), expected, `${method} If-Match: ${field} for ${JSON.stringify(current)}`)
    }
  }
})

t.test('If-None-Match is false for what exists or for a weak match (13.1.2)', async t => {
  const table = [
    ['*', strong, false],
    ['*', untagged, false],
    ['*', nothing, true],
    ['"1"', strong, false],
    ['W/"1"', strong, false],
    ['"1"', weak, false],
    ['W/"1"', weak, false],
    ['"2", "1"', strong, false],
    ['"2", "3"', strong, true],
    ['"*"', strong, true],
    ['', strong, true],
    ['"1"', untagged, true],
    ['"1"', nothing, true]
  ] as const
  for (const [field, current, holds] of table) {
    const told = `If-None-Match: ${field} for ${JSON.stringify(current)}`
    t.equal(said(evaluate('GET', { ifNoneMatch: tags(field) }, current)), holds ? 'proceed' : 'not-modified, If-None-Match', `GET ${told}`)
    t.equal(said(evaluate('PUT', { ifNoneMatch: tags(field) }, current)), holds ? 'proceed' : 'precondition-failed, If-None-Match, exists', `PUT ${told}`)
  }
})

t.test('a state is modified after an earlier date only, and a date is ignored where no modification date is known (13.1.3, 13.1.4)', async t => {
  const table = [
    // date sent, current, answer to If-Modified-Since on a read, answer to If-Unmodified-Since
    [older, strong, 'proceed', 'precondition-failed, If-Unmodified-Since, changed'],
    [lastModified, strong, 'not-modified, If-Modified-Since', 'proceed'],
    [newer, strong, 'not-modified, If-Modified-Since', 'proceed'],
    [newer, untagged, 'not-modified, If-Modified-Since', 'proceed'],
    [-1, { lastModified: 0 }, 'proceed', 'precondition-failed, If-Unmodified-Since, changed'],
    [0, { lastModified: 0 }, 'not-modified, If-Modified-Since', 'proceed'],
    [older, undated, 'proceed', 'proceed'],
    [newer, undated, 'proceed', 'proceed'],
    [older, nothing, 'proceed', 'proceed'],
    [newer, nothing, 'proceed', 'proceed']
  ] as const
  for (const [date, current, modified, unmodified] of table) {
    const told = `${date} for ${JSON.stringify(current)}`
    for (const method of READS) t.equal(said(evaluate(method, { ifModifiedSince: date }, current)), modified, `${method} If-Modified-Since: ${told}`)
    t.equal(said(evaluate('PUT', { ifModifiedSince: date }, current)), 'proceed', `PUT If-Modified-Since: ${told}`)
    for (const method of ['GET', 'PUT']) t.equal(said(evaluate(method, { ifUnmodifiedSince: date }, current)), unmodified, `${method} If-Unmodified-Since: ${told}`)
  }
})

t.test('an ignored date leaves the word to the condition after it', async t => {
  const sent: Conditions = { ifUnmodifiedSince: older, ifNoneMatch: tags('"1"') }
  t.equal(said(evaluate('PUT', sent, undated)), 'precondition-failed, If-None-Match, exists')
  t.equal(said(evaluate('PUT', sent, strong)), 'precondition-failed, If-Unmodified-Since, changed')
})

t.test('only GET and HEAD are reads', async t => {
  for (const method of READS) t.equal(isRead(method), true, method)
  for (const method of [...WRITES, 'get', 'OPTIONS', 'TRACE', '']) t.equal(isRead(method), false, method)
})

t.test('every method but OPTIONS, TRACE and CONNECT is about a representation (13.2.1)', async t => {
  for (const method of [...READS, ...WRITES]) t.equal(concernsRepresentation(method), true, method)
  for (const method of ['OPTIONS', 'TRACE', 'CONNECT']) t.equal(concernsRepresentation(method), false, method)
})
