import type { FastifyReply } from 'fastify'
import { isLabelled } from '../label.js'
import { hasListeners } from './announce.js'
import { labelEarlyBy, type LabelEarly } from './label-early.js'
import { knownPreconditionOf } from './precondition-of.js'
import { isState } from './see-answer.js'
import { isSuccess } from './settle-late.js'
import type { Route } from '../route.js'
import type { AnswerFacts } from './answer-facts.js'

/** Labels the answer to a write as it is sent. Gives whether nothing else has to be known of the request. */
export type LabelWritten = (reply: FastifyReply, sent: unknown) => boolean

/**
 * Builds what labels the answers of one route so, of which all methods write: by the row that was written, where its guard is all that
 * is known of a request; by the object that is sent, where nothing is.
 */
export function labelWritten ({ answer }: Pick<Route, 'answer'>, label: LabelEarly, facts: Pick<AnswerFacts, 'hasOnlyValidators'>): LabelWritten {
  return (reply, sent) => {
    const { request } = reply
    const precondition = knownPreconditionOf(request)
    const row = precondition?.rowWritten
    if (precondition !== undefined && row === undefined) return false
    if (!facts.hasOnlyValidators || hasListeners() || request.is404 || !isSuccess(reply.statusCode)) return false
    if (!answer || !isLabelled(request.method)) return true
    if (row === undefined) return isState(sent) && label(reply, sent)
    if (row.etag === undefined) return false
    labelEarlyBy(reply, row)
    return true
  }
}
