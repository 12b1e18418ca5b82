import Fastify, { type FastifyRequest } from 'fastify'
import { Type, type Static, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import etagPlugin, { defineEtag, EtagState, EtagVersion } from 'fastify-etag-policy'

const Params = Type.Object({ id: Type.String() })
type Params = Static<typeof Params>
const Note = EtagState(Type.Object({
  id: Type.String(),
  text: Type.String(),
  version: EtagVersion(Type.Integer())
}), { policy: 'REQUIRED' })
type Note = Static<typeof Note>

const notes = new Map<string, Note>([['1', { id: '1', text: 'Hello', version: 1 }]])

// Stands for: UPDATE notes SET text = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING *
async function update (id: string, version: number, text: string): Promise<Note | null> {
  const note = notes.get(id)
  if (note?.version !== version) return null
  const written = { id, text, version: version + 1 }
  notes.set(id, written)
  return written
}

export async function buildServer () {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await app.register(etagPlugin)

  // the schema says where the ETag comes from, and that a write must carry it
  const note = defineEtag({
    schema: Note,
    load: (request: FastifyRequest<{ Params: Params }>) => notes.get(request.params.id)
  })
  const route = { config: { etag: note } }

  app.get('/notes/:id', { ...route, schema: { params: Params, response: { 200: Note } } },
    (request) => note.of(request).load())

  app.put('/notes/:id', { ...route, schema: { params: Params, body: Type.Pick(Note, ['text']), response: { 200: Note } } },
    (request) => note.of(request).guard(({ version }) => update(request.params.id, version, request.body.text)))

  return app
}
