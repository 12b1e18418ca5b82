import { isDeepStrictEqual } from 'node:util'
import { NOTHING_READ, readAnnotation, type Annotation, type Read } from './annotation.js'
import { FST_ETAG_INVALID_ANNOTATION } from './errors.js'
import { isGoverned, POLICIES } from './policy.js'
import { isObject, type SharedSchemas } from './schema-graph.js'
import { readField } from './sources/field.js'
import type { RouteOptions } from './option-schemas.js'
import type { LastModified } from './sources/last-modified.js'

/** What a route declares that may be annotated. */
export interface Schemas {
  /** `schema.response`: a schema for each status. */
  readonly response?: unknown
  /** The schema that `config.etag` names. */
  readonly state?: unknown
}

/**
 * Reads what the schemas of a route say of its states; `unknown` is of the one that `config.etag` names. Throws
 * FST_ETAG_INVALID_ANNOTATION, also where they contradict each other.
 */
export function readSchemas ({ response, state }: Schemas, title: string, shared: SharedSchemas): Read {
  const said = readResponse(response, title, shared)
  if (state === undefined) return said
  const named = readAnnotation(state, `${title}, config.etag.schema`, shared)
  if (!named.isAnnotated && named.unknown.length === 0) throw new FST_ETAG_INVALID_ANNOTATION(`${title}, config.etag.schema`, 'nothing in it has x-etag')
  return { ...named, isAnnotated: true, annotation: together(said.annotation, named.annotation, title) }
}

// The first success that is annotated says what a state is, and the strictest of all what its policy is.
function readResponse (response: unknown, title: string, shared: SharedSchemas): Read {
  const all = successesOf(response).map(({ status, schema }) => readAnnotation(schema, `${title}, schema.response.${status}`, shared)).filter(({ isAnnotated }) => isAnnotated)
  const first = all.find(({ annotation }) => annotation !== undefined) ?? all[0] ?? NOTHING_READ
  const policy = POLICIES.find(policy => all.some(({ annotation }) => annotation?.policy === policy))
  return { ...first, unknown: [], annotation: first.annotation && { ...first.annotation, ...(policy !== undefined && { policy }) } }
}

// 200 and 201 go before other successes, and what is declared for all the rest comes last.
function successesOf (response: unknown): ReadonlyArray<{ readonly status: string, readonly schema: unknown }> {
  if (!isObject(response)) return []
  const statuses = Object.keys(response).filter(status => /^(2(\d\d|xx)|default)$/i.test(status)).sort()
  return statuses.flatMap(status => {
    const schema = response[status]
    const content = readField(schema, ['content'])
    return isObject(content) ? Object.values(content).map(media => ({ status, schema: readField(media, ['schema']) })) : [{ status, schema }]
  })
}

// Where a state stands is a matter of the answer, what names it one of both.
function together (answer: Annotation | undefined, state: Annotation | undefined, title: string): Annotation | undefined {
  if (answer === undefined || state === undefined) return answer ?? state
  const { envelope: _answer, ...one } = answer
  const { envelope: _state, ...other } = state
  const key = (Object.keys(other) as Array<keyof typeof other>).find(key => one[key] !== undefined && !isDeepStrictEqual(one[key], other[key]))
  if (key !== undefined) {
    throw new FST_ETAG_INVALID_ANNOTATION(title, `its answer and config.etag.schema contradict each other: ${key} is ${show(one[key])} and ${show(other[key])}`)
  }
  return { ...state, ...answer }
}

/**
 * Refuses a write whose schemas have the keyword where it says nothing about one state, unless `config.etag` says it: a
 * policy that nobody sees would be kept by nobody. Throws FST_ETAG_INVALID_ANNOTATION.
 */
export function refuseUnread ({ isAnnotated, annotation, several, unknown }: Read, options: RouteOptions, methods: readonly string[], title: string): void {
  if (unknown.length > 0) throw new FST_ETAG_INVALID_ANNOTATION(`${title}, config.etag.schema`, `nobody has added the schema ${unknown[0]}`)
  if (!isAnnotated || annotation !== undefined || options.source !== undefined || !methods.some(method => isGoverned(method, 'schema'))) return
  const what = several.length > 0 ? `several states that have x-etag, at ${several.join(' and ')}` : 'x-etag where it says nothing of one state'
  throw new FST_ETAG_INVALID_ANNOTATION(title, `its answer has ${what}: say config.etag with a source or schema, or config: { etag: false }`)
}

/** What an annotation says, as options. */
export function optionsOf ({ source, lastModified, policy, weak }: Annotation): RouteOptions {
  return {
    ...(source !== undefined && { source }),
    ...(lastModified !== undefined && { lastModified: dateAt(lastModified) }),
    ...(policy !== undefined && { policy }),
    ...(weak !== undefined && { weak })
  }
}

function dateAt (path: readonly string[]): LastModified {
  return path.length === 1 ? path[0]! : state => readField(state, path) as never
}

/** Refuses a route whose options name its states otherwise than its schema. Throws FST_ETAG_INVALID_ANNOTATION. */
export function refuseContradiction ({ source, lastModified, weak }: RouteOptions, annotation: Annotation, title: string): void {
  refuseOther('source', normal(source), normal(annotation.source), title)
  refuseOther('lastModified', lastModified, annotation.lastModified && pathOf(annotation.lastModified), title)
  refuseOther('weak', weak, annotation.weak, title)
}

// A list of one field is that field, and no list of fields is a path.
function pathOf (path: readonly string[]): unknown {
  return path.length === 1 ? path[0] : { path }
}

function refuseOther (option: string, given: unknown, annotated: unknown, title: string): void {
  const own = Array.isArray(given) && given.length === 1 ? given[0] : given
  if (own === undefined || annotated === undefined || isDeepStrictEqual(own, annotated)) return
  throw new FST_ETAG_INVALID_ANNOTATION(title, `config.etag and its schema contradict each other: ${option} is ${show(own)} and ${show(annotated)}`)
}

// 'version' and { field: 'version' } are one.
function normal (source: RouteOptions['source']): unknown {
  if (typeof source === 'string') return { field: source }
  if (typeof source === 'object' && 'members' in source) return { id: 'id', ...source, members: normal(source.members) }
  return source
}

function show (value: unknown): string {
  return typeof value === 'function' ? 'a function' : JSON.stringify(value)
}
