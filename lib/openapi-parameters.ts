import { isObject, propertyNames, type JsonSchema, type SharedSchema } from './json-schema.js'
import { CHECK_PARAM } from './policy-of-request.js'
import type { Operation } from './operation.js'
import type { ConditionField } from './preconditions.js'

type Properties = Readonly<Record<string, JsonSchema>>

const TOLD: Readonly<Record<ConditionField, string>> = {
  'If-Match': 'The ETag of the version that this request changes.',
  'If-None-Match': 'The ETag of the version that the client has, or several. The answer is 304 while it is the current one.',
  'If-Modified-Since': 'The Last-Modified of the version that the client has. It counts only without If-None-Match.',
  'If-Unmodified-Since': 'The Last-Modified of the version that this request changes. It counts only without If-Match.'
}

const CREATES = '`*` lets the request only make what is not there.'

/** The conditional fields that operations take, as header parameters added to those that are declared. */
export function withConditions (declared: unknown, operations: readonly Operation[], missing: number, shared: SharedSchema): unknown {
  const fields = [...new Set(operations.flatMap(({ conditions }) => conditions))]
  // a field is required where it is of every operation that the schema is for
  const required = operations.every(({ needsIfMatch, conditions }) => needsIfMatch === 'always' && conditions.includes('If-Match'))
  const lacking = operations.some(({ needsIfMatch }) => needsIfMatch !== 'never') ? ` Without it the answer ${required ? 'is' : 'may be'} ${missing}.` : ''
  const properties = Object.fromEntries(fields.map(field => [field, {
    type: 'string',
    description: field === 'If-Match' ? `${TOLD[field]}${lacking}` : field === 'If-None-Match' ? tellNoneMatch(operations) : TOLD[field]
  }]))
  const names = new Set(propertyNames(declared, shared).map(name => name.toLowerCase()))
  return withProperties(declared, properties, name => names.has(name.toLowerCase()), required ? ['If-Match'] : [])
}

function tellNoneMatch (operations: readonly Operation[]): string {
  const told = operations.filter(({ conditions }) => conditions.includes('If-None-Match')).map(({ isRead }) => isRead ? TOLD['If-None-Match'] : CREATES)
  return [...new Set(told)].join(' ')
}

/** The parameter of the query by which a request asks for the check, added to those that are declared. */
export function withCheckEtag (declared: unknown, operations: readonly Operation[], shared: SharedSchema): unknown {
  if (!operations.some(({ takesCheckEtag }) => takesCheckEtag)) return declared
  const names = propertyNames(declared, shared)
  return withProperties(declared, {
    [CHECK_PARAM]: { type: 'string', description: 'Asks for the check of If-Match, whatever the policy. Its value plays no part, and may be empty.' }
  }, name => names.includes(name), [])
}

function withProperties (declared: unknown, properties: Properties, isDeclared: (name: string) => boolean, required: readonly string[]): unknown {
  const added = Object.fromEntries(Object.entries(properties).filter(([name]) => !isDeclared(name)))
  if (Object.keys(added).length === 0) return declared
  const own = { type: 'object', properties: added, required: required.filter(name => name in added) }
  if (!isObject(declared)) return own
  // what is referred to or combined cannot have more properties beside it
  if (!isObject(declared.properties) && ['$ref', 'allOf', 'anyOf', 'oneOf'].some(key => key in declared)) return { allOf: [own, declared] }
  return {
    ...declared,
    properties: { ...(isObject(declared.properties) && declared.properties), ...added },
    required: [...(Array.isArray(declared.required) ? declared.required : []), ...own.required]
  }
}
