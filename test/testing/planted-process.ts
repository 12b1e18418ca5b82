import { query, serve, type Planted } from './planted.js'

/** Leaves others the time to be checked before it writes, and compares nothing. */
const naive: Planted = {
  put: (precondition, table, id, text) => precondition.guard(async () => {
    await query(100)
    return table.update(id, text, () => true)
  }, { create: () => table.insert(id, text) })
}

/** Serves what it is told in a process of its own, and tells its base URL. */
async function main (name: string | undefined): Promise<void> {
  const { app } = await serve(name === 'naive' ? naive : {})
  process.send!(await app.listen({ host: '127.0.0.1', port: 0 }))
}

main(process.argv[2]).catch(error => { throw error })
