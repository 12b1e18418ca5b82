// By identity, and not by a mark on them: what somebody makes of a handler may do other things than that does.
const handlers = new WeakSet<object>()

type AnyFunction = (...given: any[]) => unknown

/** Notes that this handler does nothing but guard a write. */
export function noteGuardedHandler (handler: AnyFunction): void {
  handlers.add(handler)
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
  if (!handlers.has(handler)) return
  handlers.add(standIn)
  Object.defineProperty(standIn, 'bind', { value: bindNoted, configurable: true, writable: true })
}

function bindNoted (this: AnyFunction, ...given: [scope: unknown, ...rest: unknown[]]): AnyFunction {
  const bound = Function.prototype.bind.apply(this, given) as AnyFunction
  if (handlers.has(this)) handlers.add(bound)
  return bound
}
