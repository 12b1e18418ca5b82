/** What is known of the answers of a route when Fastify takes its hooks over. */
export interface AnswerFacts {
  /** Does Fastify's own error handler answer, and log, what fails on the route? */
  hasDefaultErrorHandler: boolean
  /** Does a plugin of its scope code answers? */
  isCompressed: boolean
  /** Does Fastify's own hook of HEAD routes measure the body behind our hooks? */
  isMeasured: boolean
  /** Is nothing but its validators on an answer, so that it can be labelled when it is sent? */
  hasOnlyValidators: boolean
  /** Has nobody else a hook that sees an answer, or fails on one? */
  isUnseen: boolean
  /** Sees nobody an answer besides us, so that it is finished as it is sent, and no hook of ours runs for it? */
  isDirect: boolean
}
