import { whileHeld, type Mark } from './hold.js'

/** Sends a request, and tells whether its handler answered it without guarding its write. */
export async function noteGuard<Answer> (send: (mark: Mark) => Promise<Answer>): Promise<{ answer: Answer, isUnguarded: boolean }> {
  let isGuarded!: () => boolean
  const answer = await whileHeld('checked', send, async request => { isGuarded = () => request.precondition.decision.guarded })
  return { answer, isUnguarded: !isGuarded() }
}
