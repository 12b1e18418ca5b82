import t from 'tap'
import { etagKeywords } from '../lib/etag-keywords.js'

t.test('Ajv is told the keyword once, and is given back', async t => {
  const known = new Set<string>()
  const ajv = {
    getKeyword: (keyword: string) => known.has(keyword),
    addKeyword: ({ keyword }: { keyword: string }) => { t.notOk(known.has(keyword)); known.add(keyword) }
  }
  t.equal(etagKeywords(ajv), ajv)
  t.equal(etagKeywords(ajv), ajv)
  t.strictSame([...known], ['x-etag'])
})
