/** Ends a payload that is not sent after all: a stream holds what it reads from, until it is told. */
export function discardPayload (payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return
  const { destroy, cancel, body } = payload as { destroy?: unknown, cancel?: unknown, body?: unknown }
  if (typeof destroy === 'function') destroy.call(payload)
  else if (typeof cancel === 'function') ignoreFailure(cancel.call(payload))
  // a Response
  else if (typeof (body as { cancel?: unknown } | null | undefined)?.cancel === 'function') discardPayload(body)
}

// A stream that somebody reads already cannot be cancelled, and ends with its reader.
function ignoreFailure (cancelled: unknown): void {
  Promise.resolve(cancelled).catch(() => {})
}
