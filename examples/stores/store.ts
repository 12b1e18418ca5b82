/** What a client sends of a page. */
export interface PageBody {
  readonly slug: string
  readonly text: string
}

export interface Page extends PageBody {
  readonly id: string
  readonly version: number
}

/** Pages in a table whose `slug` is unique, and a tally of writes in another: read and written as users of a store do it. */
export interface Store {
  find (id: string): Promise<Page | null | undefined>
  /** Writes if the version is still this one: what the store answers to that. */
  update (id: string, body: PageBody, version: number): Promise<{} | null>
  create (id: string, body: PageBody): Promise<{} | null>
  /** The same as `update` and one more in the tally, in a transaction under REPEATABLE READ; `meanwhile` runs between the two. */
  updateAndCount (id: string, body: PageBody, version: number, meanwhile: () => Promise<void>): Promise<{} | null>
  /** Writes to a table that does not exist. */
  updateNowhere (): Promise<{} | null>
  close (): Promise<void>
}

export type OpenStore = (url: string) => Promise<Store>

/** The tables of a store, which has its own. */
export function tablesOf (prefix: string): string {
  return `CREATE TABLE ${prefix}_page (id text PRIMARY KEY, slug text NOT NULL UNIQUE, text text NOT NULL, version int NOT NULL DEFAULT 1);
    CREATE TABLE ${prefix}_tally (id int PRIMARY KEY, writes int NOT NULL);
    INSERT INTO ${prefix}_tally VALUES (1, 0)`
}
