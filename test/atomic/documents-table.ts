/** SQL for a table of empty documents, with the column that this variant names versions by. */
export function documentsTable (documents: number, versionColumn?: string): string {
  return `
    CREATE TABLE documents (
      id integer PRIMARY KEY,
      entries text[] NOT NULL DEFAULT '{}',
      count integer NOT NULL DEFAULT 0
      ${versionColumn === undefined ? '' : `, ${versionColumn}`}
    );
    INSERT INTO documents (id) SELECT generate_series(1, ${documents})`
}

/** SQL for what the documents hold. */
export const DOCUMENTS_TRUTH = 'SELECT id::text AS document, entries, count FROM documents ORDER BY id'
