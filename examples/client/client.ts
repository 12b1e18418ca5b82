import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './generated/documents.js'

export type Api = Client<paths>

/** What a document holds that its writers change. */
export interface Content { readonly title: string, readonly entries: string[] }

/** A client of the documents service. Its types are generated from the OpenAPI document of the service. */
export function clientOf (origin: string): Api {
  return createClient<paths>({ baseUrl: origin })
}

/** A document as it was read, and the tag to write it with. */
interface Read { readonly etag: string, readonly content: Content }

async function read (api: Api, id: string): Promise<Read> {
  const { data, error, response } = await api.GET('/documents/{id}', { params: { path: { id } } })
  if (data === undefined) throw new Error(JSON.stringify(error))
  return { etag: response.headers.get('etag')!, content: { title: data.title, entries: data.entries } }
}

/**
 * Changes a document from what was read of it. Where another one was faster, reads again and makes the same change of
 * what that one wrote, so that neither is lost. Tells how often it was sent.
 */
export async function change (api: Api, id: string, edit: (content: Content) => Content, first?: Read): Promise<{ sent: number, etag: string }> {
  let current = first ?? await read(api, id)
  for (let sent = 1; ; sent++) {
    const { error, response } = await api.PUT('/documents/{id}', {
      params: { path: { id }, header: { 'If-Match': current.etag } },
      body: edit(current.content)
    })
    if (error === undefined) return { sent, etag: response.headers.get('etag')! }
    if (response.status !== 412) throw new Error(JSON.stringify(error))
    current = await read(api, id)
  }
}

export { read }
