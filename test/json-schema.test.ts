import t from 'tap'
import { z } from 'zod'
import { Type } from '@sinclair/typebox'
import { isJsonSchema, isObject, propertyNames } from '../lib/json-schema.js'

const plain = { type: 'object', properties: { a: { type: 'string' } } }

t.test('an object is what can have keywords', async t => {
  t.ok(isObject({}))
  for (const value of [undefined, null, true, 'a', []]) t.notOk(isObject(value))
})

t.test('plain objects are JSON Schema, wherever a route has schemas', async t => {
  const all = { headers: plain, querystring: plain, params: plain, body: plain, response: { 200: plain, 404: true, 500: { content: { 'application/json': { schema: plain }, 'text/plain': null } } } }
  for (const schema of [undefined, {}, all, { body: Object.create(null) }, { body: Type.Object({ a: Type.String() }, { $id: 'A' }) }, { response: undefined, tags: ['a'] }]) {
    t.ok(isJsonSchema(schema))
  }
})

t.test('what fluent-json-schema makes becomes JSON Schema, whatever its class', async t => {
  class Fluent { isFluentSchema = true }
  t.ok(isJsonSchema({ body: new Fluent() }))
})

t.test('schemas of a library are none', async t => {
  const zod = z.object({ a: z.string() })
  const standard = { type: 'object', '~standard': { version: 1 } }
  const callable = Object.assign(() => {}, { '~standard': { version: 1 } })
  for (const own of [zod, standard, callable, new (class Schema {})()]) {
    for (const key of ['headers', 'querystring', 'query', 'params', 'body']) t.notOk(isJsonSchema({ [key]: own }), key)
    t.notOk(isJsonSchema({ response: { 200: own } }))
    t.notOk(isJsonSchema({ response: { 200: { description: 'A', properties: own } } }))
    t.notOk(isJsonSchema({ response: { 200: { content: { 'application/json': { schema: own } } } } }))
  }
})

t.test('the names of properties are found through combinations and references, and references that turn in circles end', async t => {
  const shared: Record<string, unknown> = {
    one: { properties: { b: {} }, allOf: [{ $ref: 'one#' }] },
    two: { definitions: { inner: { properties: { c: {} } } } }
  }
  const schema = { properties: { a: {} }, anyOf: [{ $ref: 'one#' }, true], oneOf: [{ $ref: 'two#/definitions/inner' }, { $ref: 'two#/definitions/none/deeper' }, { $ref: 'three' }, { $ref: 'one' }] }
  t.strictSame(propertyNames(schema, id => shared[id]), ['a', 'b', 'c'])
  t.strictSame(propertyNames(undefined, () => undefined), [])
})
