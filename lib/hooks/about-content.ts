import type { FastifyReply } from 'fastify'

const ABOUT_CODING = ['content-encoding', 'content-language', 'content-range']
const ABOUT_CONTENT = ['content-type', 'content-length', ...ABOUT_CODING]

/** Takes off what was said of a content that is not sent: how it was coded, among others, is not true of what takes its place. */
export function dropAboutContent (reply: FastifyReply): void {
  drop(reply, ABOUT_CONTENT)
}

/** The same where another content takes its place, as text of this type. */
export function tellContent (reply: FastifyReply, type: string, text: string): void {
  drop(reply, ABOUT_CODING)
  reply.header('content-type', type)
  reply.header('content-length', String(Buffer.byteLength(text)))
}

function drop (reply: FastifyReply, names: readonly string[]): void {
  // to take off what is not there costs Fastify ten times as much as to look, and to look for each far more than for all
  const present = reply.getHeaders()
  for (const name of names) if (present[name] !== undefined) reply.removeHeader(name)
}
