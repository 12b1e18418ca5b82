import type { FastifyReply } from 'fastify'

const ABOUT_CONTENT = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-range']

/** Takes off what was said of a content that is not sent: how it was coded, among others, is not true of what takes its place. */
export function dropAboutContent (reply: FastifyReply): void {
  // to take off what is not there costs Fastify ten times as much as to look
  for (const name of ABOUT_CONTENT) if (reply.hasHeader(name)) reply.removeHeader(name)
}
