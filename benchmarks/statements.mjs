// Which statements do the routes run? One text for all of them, so that no strategy has a better one, and a count of what was sent.

/** Makes the table of a strategy anew, with rows from 1 on. */
export const tableOf = (table, rows) => `
  DROP TABLE IF EXISTS ${table};
  CREATE TABLE ${table} (id integer PRIMARY KEY, title text NOT NULL, version integer NOT NULL);
  INSERT INTO ${table} SELECT id, 'A title of some length', 1 FROM generate_series(1, ${rows}) AS id`

const ALL = 'id, title, version'

/** What a route sends to its table, over a pool or over one connection of it. */
export const statementsOf = (table, sent = []) => {
  async function row (query, verb, text, values) {
    sent.push(verb)
    return (await query.query(text, values)).rows[0] ?? null
  }
  return {
    /** The verbs of what was sent, in order. */
    sent,
    find: (query, id) => row(query, 'SELECT', `SELECT ${ALL} FROM ${table} WHERE id = $1`, [id]),
    lock: (query, id) => row(query, 'SELECT FOR UPDATE', `SELECT ${ALL} FROM ${table} WHERE id = $1 FOR UPDATE`, [id]),
    update: (query, id, version, title) =>
      row(query, 'UPDATE', `UPDATE ${table} SET title = $3, version = $2::integer + 1 WHERE id = $1 AND version = $2 RETURNING ${ALL}`, [id, version, title]),
    // writes what follows from the version that was read, whatever the version is by now
    overwrite: (query, id, version, title) =>
      row(query, 'UPDATE', `UPDATE ${table} SET title = $3, version = $2::integer + 1 WHERE id = $1 RETURNING ${ALL}`, [id, version, title]),
    replace: (query, id, title) =>
      row(query, 'UPDATE', `UPDATE ${table} SET title = $2, version = version + 1 WHERE id = $1 RETURNING ${ALL}`, [id, title]),
    remove: (query, id, version) =>
      row(query, 'DELETE', `DELETE FROM ${table} WHERE id = $1 AND version = $2 RETURNING ${ALL}`, [id, version]),
    discard: (query, id) => row(query, 'DELETE', `DELETE FROM ${table} WHERE id = $1 RETURNING ${ALL}`, [id]),
    begin: client => row(client, 'BEGIN', 'BEGIN', []),
    commit: client => row(client, 'COMMIT', 'COMMIT', []),
    rollback: client => row(client, 'ROLLBACK', 'ROLLBACK', [])
  }
}
