// codings [ weight ]      weight = OWS ";" OWS "q=" qvalue
const ACCEPTED = /^([^\s;]+)[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?))?$/i

/** Is an answer in this content coding accepted? */
export type AcceptsCoding = (coding: string) => boolean

/**
 * Reads which content codings an Accept-Encoding takes (RFC 9110, 12.5.3). Who sends no such field is taken to want none, as
 * those servers do that code answers.
 */
export function readAcceptedCodings (field: string | undefined): AcceptsCoding {
  const said = new Map<string, boolean>()
  for (const element of (field ?? '').split(',')) {
    const [, name, weight = '1'] = ACCEPTED.exec(element.trim()) ?? []
    if (name !== undefined && !said.has(name.toLowerCase())) said.set(name.toLowerCase(), Number(weight) > 0)
  }
  const others = said.get('*') ?? false
  return coding => said.get(coding) ?? others
}
