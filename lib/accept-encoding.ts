// codings [ weight ]      weight = OWS ";" OWS "q=" qvalue
const ACCEPTED = /^([^\s;]+)[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?))?$/i

/**
 * Does this Accept-Encoding take an answer in a content coding (RFC 9110, 12.5.3)? Who sends no such field is taken to
 * want none, as those servers do that code answers.
 */
export function acceptsCoding (field: string | undefined, coding: string): boolean {
  let others = false
  for (const element of (field ?? '').split(',')) {
    const [, name, weight = '1'] = ACCEPTED.exec(element.trim()) ?? []
    const isTaken = Number(weight) > 0
    if (name?.toLowerCase() === coding) return isTaken
    if (name === '*') others = isTaken
  }
  return others
}
