/** Takes a promise that came where a value is due for what it is there, nothing: its failure is nobody's, and must end no process. */
export function disown (value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}
