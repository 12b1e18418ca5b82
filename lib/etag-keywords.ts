import { KEYWORD } from './keyword.js'

/** What is needed of Ajv. */
interface KnowsKeywords {
  getKeyword (keyword: string): unknown
  addKeyword (definition: { keyword: string }): unknown
}

/**
 * Makes Ajv know `x-etag`, for annotated schemas that requests refer to by `$ref`:
 * `Fastify({ ajv: { plugins: [etagKeywords] } })`. The keyword validates nothing.
 */
export function etagKeywords<Ajv extends KnowsKeywords> (ajv: Ajv): Ajv {
  if (ajv.getKeyword(KEYWORD) === false) ajv.addKeyword({ keyword: KEYWORD })
  return ajv
}
