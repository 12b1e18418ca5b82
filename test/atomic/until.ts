import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a condition; throws the reason of the signal when that comes first. */
export async function until (condition: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!await condition()) {
    signal.throwIfAborted()
    await sleep(1)
  }
}
