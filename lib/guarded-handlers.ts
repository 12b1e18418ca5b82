// By identity, and not by a mark on them: what somebody makes of a handler may do other things than that does.
const handlers = new WeakMap<object, symbol>()

type AnyFunction = (...given: any[]) => unknown

/** Notes that this handler does nothing but guard a write of what has this definition. */
export function noteGuardedHandler (handler: AnyFunction, definition: symbol): void {
  handlers.set(handler, definition)
}

/** The definition of what this very handler guards the writes of; `undefined` where it is another handler. */
export function guardedDefinitionOf (handler: AnyFunction): symbol | undefined {
  return handlers.get(handler)
}

// to ask the set costs more than all else that is asked of a handler
let latest: AnyFunction | undefined

/** Does this very handler do nothing but guard a write? */
export function isGuardedHandler (handler: AnyFunction | undefined): boolean {
  if (handler === undefined) return false
  if (handler === latest) return true
  if (!handlers.has(handler)) return false
  latest = handler
  return true
}

/** Notes the same of the handler that stands in front of such a one, and of what Fastify binds of it, which is what it runs. */
export function noteStandIn (standIn: AnyFunction, handler: AnyFunction): void {
  const definition = handlers.get(handler)
  if (definition === undefined) return
  handlers.set(standIn, definition)
  Object.defineProperty(standIn, 'bind', { value: bindNoted, configurable: true, writable: true })
}

function bindNoted (this: AnyFunction, ...given: [scope: unknown, ...rest: unknown[]]): AnyFunction {
  const bound = Function.prototype.bind.apply(this, given) as AnyFunction
  const definition = handlers.get(this)
  if (definition !== undefined) handlers.set(bound, definition)
  return bound
}
