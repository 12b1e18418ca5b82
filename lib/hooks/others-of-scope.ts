import type { FastifyInstance } from 'fastify'

/** The hooks that come between what a handler sends and what goes out. */
const BETWEEN = ['preSerialization', 'onSend'] as const

/**
 * May a hook of this scope change an answer? Fastify tells nobody which hooks a scope has, so this looks where Fastify keeps
 * them; where they are not found, there may be some.
 */
export function mayChangeAnswers (scope: FastifyInstance): boolean {
  const key = Object.getOwnPropertySymbols(scope).find(({ description }) => description === 'fastify.hooks')
  const hooks = key && (scope as unknown as Readonly<Record<symbol, Readonly<Record<string, unknown>> | undefined>>)[key]
  return BETWEEN.some(stage => {
    const list = hooks?.[stage]
    return !Array.isArray(list) || list.length > 0
  })
}
