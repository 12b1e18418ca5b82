// What does somebody write who has no plugin? The answers of a conditional request, as short as they can be right.

export const tagOf = ({ version }) => `"${version}"`

/** The version that one strong tag names. */
export const versionIn = tag => Number(/^"(\d+)"$/.exec(tag)[1])

/** Compares one strong tag, which is all that these clients send. */
export const isCurrent = (request, row) => request.headers['if-match'] === undefined || request.headers['if-match'] === tagOf(row)

export const send = (reply, row) => reply.header('etag', tagOf(row)).send(row)

export const refuseMissing = reply => reply.code(404).type('application/problem+json').send({ status: 404, title: 'Not Found' })

export const refuseStale = (reply, row) =>
  reply.code(412).header('etag', tagOf(row)).type('application/problem+json').send({ status: 412, title: 'Precondition Failed' })

/** The answer to a write whose statement touched no row: somebody else was first. */
export async function refuseMissed (reply, find) {
  const row = await find()
  return row === null ? refuseMissing(reply) : refuseStale(reply, row)
}
