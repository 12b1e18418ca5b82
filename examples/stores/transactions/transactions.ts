/** A second statement in a transaction with the write of a page, and one that fails, as users of a store write them. */
export interface Transactions {
  /** Writes a page if its version is still this one, and one more in the tally, under REPEATABLE READ; `meanwhile` runs between the two. */
  writeAndCount (id: string, title: string, version: number, meanwhile: () => Promise<void>): Promise<{} | null>
  /** Writes to a table that does not exist. */
  writeNowhere (): Promise<{} | null>
  close (): Promise<void>
}
