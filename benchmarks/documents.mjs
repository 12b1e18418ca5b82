// Which documents are sent? By their size as JSON, with the schema that Fastify serialises them by.

const Entity = {
  type: 'object',
  properties: { id: { type: 'integer' }, version: { type: 'integer' }, title: { type: 'string' }, text: { type: 'string' }, done: { type: 'boolean' } }
}

export const Document = { type: 'object', properties: { id: { type: 'string' }, version: { type: 'integer' }, items: { type: 'array', items: Entity } } }

// how many members make this size
const MEMBERS = { '200 B': 1, '10 KB': 66, '100 KB': 670, '1 MB': 6580 }

export const READ_SIZES = ['200 B', '10 KB', '1 MB']
export const WRITE_SIZES = ['200 B', '10 KB', '100 KB']

export function documentOf (size) {
  const items = Array.from({ length: MEMBERS[size] }, (_, id) => ({ id, version: id % 7, title: `Entity ${id}`, text: 'x'.repeat(90), done: id % 2 === 0 }))
  return { id: '7', version: 17, items }
}
