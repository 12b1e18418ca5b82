import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { Test } from 'tap'
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { defineEtag } from '../../lib/index.js'
import { Rows } from '../document-app.js'

// One service of documents, and the talk that every plugin, server and client here must leave as it is.

type Params = { Params: { id: string } }
type Title = { Body: { title: string } }

export type Fields = Readonly<Record<string, string>>

/** What came back, whoever asked. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>
  readonly text: string
}

/** Sends one request about a document. */
export type Send = (method: string, fields?: Fields, title?: string) => Promise<Answer>

/** Declares the routes of documents: guarded ones, and a read that has no `load`. */
export function declareDocuments (scope: FastifyInstance, hooks: RouteShorthandOptions = {}, rows = new Rows('7')): Rows {
  const document = defineEtag({
    source: 'version',
    create: 'never',
    load: (request: FastifyRequest<Params>) => rows.find(request.params.id)
  })
  const options = { ...hooks, config: { etag: document } }

  scope.get<Params>('/documents/:id', options, request => document.of(request).load())
  scope.put<Params & Title>('/documents/:id', options, request =>
    document.of(request).guard(({ version }) => rows.update(request.params.id, request.body.title, version)))
  scope.get<Params>('/shown/:id', { ...hooks, config: { etag: { source: 'version' } } }, request => rows.find(request.params.id))
  return rows
}

/** Sends without a socket. */
export function injecting (app: FastifyInstance, url = '/documents/7'): Send {
  return async (method, fields = {}, title = 'x') => {
    const body = method === 'PUT' ? { payload: { title } } : {}
    const { statusCode, headers, rawPayload } = await app.inject({ method: method as 'GET', url, headers: fields, ...body })
    return { status: statusCode, headers, text: decode(rawPayload, headers['content-encoding']) }
  }
}

const decoders = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync } as const

function decode (payload: Buffer, coding: unknown): string {
  const decoder = decoders[coding as keyof typeof decoders]
  return String(decoder === undefined || payload.length === 0 ? payload : decoder(payload))
}

export function tagOf ({ headers }: Answer): string {
  return String(headers.etag)
}

/** The part of a tag that a write compares: the rest names the representation. */
export function stateOf (tag: string): string {
  return tag.replace(/;[^"]*"$/, '"')
}

/** The answers of one talk, each by what it was about. */
export type Talk = Readonly<Record<'read' | 'unchanged' | 'written' | 'stale' | 'unnamed', Answer>>

/**
 * Reads a document, reads it again by its tag, writes it with that tag, again with the same, and without one, under the
 * policy REQUIRED. Every tag looks as told; each answer can be examined for what the caller cares about.
 */
export async function talk (t: Test, send: Send, { fields = {}, tag = /^"\d+"$/, title = 'x' }: { fields?: Fields, tag?: RegExp, title?: string } = {}): Promise<Talk> {
  const read = await send('GET', fields)
  t.equal(read.status, 200, 'a read is 200')
  t.match(tagOf(read), tag, 'a read has its tag')

  const unchanged = await send('GET', { ...fields, 'if-none-match': tagOf(read) })
  t.equal(unchanged.status, 304, 'a read with the tag is 304')
  t.equal(tagOf(unchanged), tagOf(read), 'a 304 has the tag of the 200')
  t.equal(unchanged.text, '', 'a 304 has no content')

  const written = await send('PUT', { ...fields, 'if-match': tagOf(read) }, title)
  t.equal(written.status, 200, 'a write with the tag is 200')
  t.match(tagOf(written), tag, 'a write has its tag')
  t.not(stateOf(tagOf(written)), stateOf(tagOf(read)), 'the tag moved')

  const stale = await send('PUT', { ...fields, 'if-match': tagOf(read) }, title)
  const unnamed = await send('PUT', fields, title)
  for (const [answer, status] of [[stale, 412], [unnamed, 428]] as const) {
    t.equal(answer.status, status, `a refused write is ${status}`)
    t.match(answer.headers['content-type'], /^application\/problem\+json/, `a ${status} is a problem`)
    t.match(parse(answer.text), { status, field: 'If-Match' }, `the problem of a ${status}`)
    t.equal(stateOf(tagOf(answer)), stateOf(tagOf(written)), `a ${status} has the current tag`)
  }
  return { read, unchanged, written, stale, unnamed }
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
