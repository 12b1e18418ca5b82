import type { FastifyReply } from 'fastify'
import { headersOf } from './headers-of.js'

const ABOUT_CODING = ['content-encoding', 'content-language', 'content-range']
const ABOUT_CONTENT = new Set(['content-type', 'content-length', ...ABOUT_CODING])

/** Takes off what was said of a content that is not sent: how it was coded, among others, is not true of what takes its place. */
export function dropAboutContent (reply: FastifyReply): void {
  // to take off what is not there costs Fastify ten times as much as to look, and to look for one after the other makes every look slow
  for (const name in headersOf(reply)) if (ABOUT_CONTENT.has(name)) reply.removeHeader(name)
}

/** The same of its coding alone, for a refusal: Fastify looks slowly from the first failure on, and says nothing else of a content then. */
export function dropAboutCoding (reply: FastifyReply): void {
  for (const name of ABOUT_CODING) if (reply.hasHeader(name)) reply.removeHeader(name)
}

/** The same where another content takes its place, as text of this type. */
export function tellContent (reply: FastifyReply, type: string, text: string): void {
  dropAboutCoding(reply)
  reply.header('content-type', type)
  reply.header('content-length', String(Buffer.byteLength(text)))
}
