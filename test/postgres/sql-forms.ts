/** A way to say in SQL that the version must still be the one that was checked. */
export interface SqlForm {
  readonly name: string
  /** $1: the id, $2: the version, or what stands for it, $3: the new title. */
  readonly sql: string
  /** The column that $2 is compared with. */
  readonly version?: 'xmin' | 'title'
}

/** The condition is on the row that is written, or the row is locked before it is compared. */
export const SAFE: readonly SqlForm[] = [
  {
    name: 'a version column',
    sql: 'UPDATE documents SET title = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING *'
  },
  {
    name: 'xmin, which every update changes',
    sql: 'UPDATE documents SET title = $3 WHERE id = $1 AND xmin::text = $2 RETURNING *, xmin::text',
    version: 'xmin'
  },
  {
    name: 'all the columns that were shown',
    sql: 'UPDATE documents SET title = $3 WHERE id = $1 AND title IS NOT DISTINCT FROM $2 RETURNING *',
    version: 'title'
  },
  {
    name: 'a CTE that locks the row',
    sql: `WITH checked AS (SELECT id FROM documents WHERE id = $1 AND version = $2 FOR UPDATE)
UPDATE documents SET title = $3, version = version + 1 FROM checked WHERE documents.id = checked.id RETURNING documents.*`
  }
]

/** The condition is on what the statement saw when it began, which is no more true when it writes. */
export const UNSAFE: readonly SqlForm[] = [
  {
    name: 'EXISTS',
    sql: `UPDATE documents SET title = $3, version = version + 1
WHERE id = $1 AND EXISTS (SELECT FROM documents AS checked WHERE checked.id = $1 AND checked.version = $2) RETURNING *`
  },
  {
    name: 'IN',
    sql: `UPDATE documents SET title = $3, version = version + 1
WHERE id IN (SELECT id FROM documents WHERE id = $1 AND version = $2) RETURNING *`
  },
  {
    name: 'a CTE',
    sql: `WITH checked AS (SELECT id FROM documents WHERE id = $1 AND version = $2)
UPDATE documents SET title = $3, version = version + 1 FROM checked WHERE documents.id = checked.id RETURNING documents.*`
  },
  {
    name: 'a scalar sub-select',
    sql: `UPDATE documents SET title = $3, version = version + 1
WHERE id = $1 AND (SELECT version FROM documents WHERE id = $1) = $2 RETURNING *`
  }
]
