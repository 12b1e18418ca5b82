import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import etagPlugin, { defineEtag } from 'fastify-etag-policy'
import type { Page, PageBody, Store } from './store.js'

type Params = { Params: { id: string } }
type Write = Params & { Body: PageBody }

/** What happens between the check of a request and its write. */
export type Meanwhile = (attempt: number) => Promise<void>

/** A service of the pages in a store. `meanwhile` is asked at each request, so that a test can change it. */
export async function pageApp (store: Store, meanwhile: () => Meanwhile): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin)
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>): Promise<Page | null | undefined> => store.find(request.params.id)
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  // what a store answers to a write, a bigint of rows for instance, is nothing to send
  app.patch<Write>('/pages/:id', { config }, async request => {
    const { params: { id }, body } = request
    await page.of(request).guard(async ({ version, attempt }) => {
      await meanwhile()(attempt)
      return store.update(id, body, version)
    })
    return { written: id }
  })

  app.put<Write>('/pages/:id', { config }, async request => {
    const { params: { id }, body } = request
    const create = async (): Promise<{} | null> => {
      await meanwhile()(1)
      return store.create(id, body)
    }
    await page.of(request).guard(({ version }) => store.update(id, body, version), { create })
    return { written: id }
  })

  app.patch<Write>('/counted/:id', { config }, async request => {
    const { params: { id }, body } = request
    await page.of(request).guard(({ version, attempt }) => store.updateAndCount(id, body, version, () => meanwhile()(attempt)))
    return { written: id }
  })

  app.patch<Params>('/nowhere/:id', { config }, request => page.of(request).guard(() => store.updateNowhere()))
  return app
}
