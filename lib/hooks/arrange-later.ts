import type { onSendHookHandler, RouteOptions } from 'fastify'

type Hooks = readonly onSendHookHandler[]

/**
 * Arranges the onSend hooks of a route whenever they are read: the `onRoute` hooks of others may still add some, and Fastify
 * takes them over when all plugins of the application are there, where nobody can come between. What is arranged comes
 * back when somebody adds to it.
 */
export function arrangeLater (options: RouteOptions, arrange: (present: Hooks) => Hooks): void {
  let present = options.onSend
  Object.defineProperty(options, 'onSend', {
    configurable: true,
    enumerable: true,
    get () {
      // who reads it may push to it
      present = [...arrange([present ?? []].flat())]
      return present
    },
    set (hooks: RouteOptions['onSend']) { present = hooks }
  })
}
