import { isDeepStrictEqual } from 'node:util'
import { readAnnotation, type Annotation, type Read } from './annotation.js'
import { FST_ETAG_INVALID_ANNOTATION } from './errors.js'
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

/** Finds a schema by its id, among those that were added to the scope of a route. */
export type FindSchema = (id: string) => unknown

/** Reads what the schemas of a route say of its states. Throws FST_ETAG_INVALID_ANNOTATION, also where they contradict each other. */
export function readSchemas ({ response, state }: Schemas, title: string, find: FindSchema): Read {
  const answer = schemaOfSuccess(response)
  const said = readAnnotation(answer?.schema, answer === undefined ? title : `${title}, schema.response.${answer.status}`, find)
  if (state === undefined) return said
  const named = readAnnotation(state, `${title}, config.etag.schema`, find)
  if (named.annotation === undefined && named.unknown.length === 0) throw new FST_ETAG_INVALID_ANNOTATION(`${title}, config.etag.schema`, 'nothing in it has x-etag')
  return { annotation: together(said.annotation, named.annotation, title), several: [], unknown: [...said.unknown, ...named.unknown] }
}

const isSuccess = (status: string): boolean => /^2(\d\d|xx)$/i.test(status)

// 200 and 201 go before other successes; of several media types the first counts.
function schemaOfSuccess (response: unknown): { readonly status: string, readonly schema: unknown } | undefined {
  if (typeof response !== 'object' || response === null) return undefined
  const status = Object.keys(response).filter(isSuccess).sort()[0]
  if (status === undefined) return undefined
  const schema = (response as Record<string, unknown>)[status]
  const content = readField(schema, ['content'])
  const [media] = typeof content === 'object' && content !== null ? Object.values(content) : []
  return { status, schema: readField(media, ['schema']) ?? schema }
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
  refuseOther('lastModified', lastModified === undefined ? undefined : [lastModified].flat(), annotation.lastModified, title)
  refuseOther('weak', weak, annotation.weak, title)
}

function refuseOther (option: string, given: unknown, annotated: unknown, title: string): void {
  if (given === undefined || annotated === undefined || isDeepStrictEqual(given, annotated)) return
  throw new FST_ETAG_INVALID_ANNOTATION(title, `config.etag and its schema contradict each other: ${option} is ${show(given)} and ${show(annotated)}`)
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
