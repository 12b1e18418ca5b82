import { clientOf } from './client.js'

// The compiler refuses what the service would: a write that names no version. This file is compiled, and not run.
const api = clientOf('http://localhost')
const body = { title: 'A title', entries: [] }

// @ts-expect-error no header at all
api.PUT('/documents/{id}', { params: { path: { id: '1' } }, body })
// @ts-expect-error no If-Match
api.PUT('/documents/{id}', { params: { path: { id: '1' }, header: {} }, body })
// @ts-expect-error no If-Match on a DELETE
api.DELETE('/documents/{id}', { params: { path: { id: '1' } } })
// @ts-expect-error no If-Match on a PATCH
api.PATCH('/documents/{id}', { params: { path: { id: '1' } }, body: {} })

// a read, a POST and a PUT that may make something need none
api.GET('/documents/{id}', { params: { path: { id: '1' }, header: { 'If-None-Match': '"1"' } } })
api.GET('/documents/{id}', { params: { path: { id: '1' } } })
api.POST('/documents', { body })
