import type { FastifyRequest } from 'fastify'
import { AnswerLabel } from './answer-label.js'
import { RequestJudgement } from './request-judgement.js'
import { RequestState } from './request-state.js'
import type { Handled } from './decision.js'
import type { Route } from './route.js'

/** All that is known and decided of one request. */
export class RequestFacts {
  readonly state: RequestState
  readonly judgement: RequestJudgement
  readonly label: AnswerLabel

  /** `handled`: what its handler does about it. */
  constructor (route: Route, request: FastifyRequest, handled: Handled) {
    this.state = new RequestState(route, request)
    this.judgement = new RequestJudgement(route, request, this.state, handled)
    this.label = new AnswerLabel(route, request.method, this.state)
  }
}
