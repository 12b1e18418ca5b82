// How many writes succeed in a second, what do they cost the server, and how many are lost? Rounds of all strategies in turn.

import { fieldOf } from './answer-reader.mjs'
import { openConnection, requestOf } from './keep-alive.mjs'
import { startProcess } from './server-process.mjs'
import { formatSpread, medianOf } from './spread.mjs'
import { tableOf } from './statements.mjs'
import { printTable } from './tables.mjs'
import { STRATEGIES } from './write-strategies.mjs'

const WRITERS = 32
// so long runs each strategy before it is measured: a server that has just been started runs code which nobody has optimised yet
const WARM_UP = 4000
const names = Object.keys(STRATEGIES)
const [base] = names

/** Races all strategies over so many rows and processes, prints their table, and gives those that lost updates and must not. */
export async function raceWrites (database, { rows, processes, rounds, milliseconds, interrupted }) {
  for (const name of names) await database.pool.query(tableOf(name, rows))
  const servers = await Promise.all(Array.from({ length: processes }, () => startProcess('The server', 'write-server.mjs', [], { DATABASE_URL: database.url })))
  const writers = await Promise.all(Array.from({ length: WRITERS }, (_, at) => openConnection(servers[at % processes].port)))
  const races = Object.fromEntries(names.map(name => [name, { tags: new Map(), rounds: [] }]))

  // the first round is no measurement: it makes connections and warms the code
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const name of inTurn(round)) {
        interrupted.throwIfAborted()
        const result = await runRound(name, races[name].tags, { servers, writers, rows, milliseconds: round === 0 ? WARM_UP : milliseconds })
        races[name].rounds.push(result)
      }
    }
  } finally {
    for (const writer of writers) writer.close()
    await Promise.all(servers.map(server => server.stop()))
  }
  return report(database, races, { rows, processes })
}

// Nobody is always behind the same one.
function inTurn (round) {
  const turned = names.map((_, at) => names[(at + round) % names.length])
  return round % 2 === 0 ? turned : turned.reverse()
}

async function runRound (name, tags, { servers, writers, rows, milliseconds }) {
  const cpuBefore = await cpuOf(servers)
  const begin = performance.now()
  const counts = { 200: 0, 412: 0 }
  await Promise.all(writers.map(async writer => {
    while (performance.now() - begin < milliseconds) {
      const id = 1 + Math.floor(Math.random() * rows)
      const body = `{"title":"Written at ${performance.now()}"}`
      const answer = await writer.ask(requestOf({ method: 'PUT', url: `/${name}/${id}`, fields: { 'If-Match': tags.get(id) ?? '"1"' }, body }))
      const { status } = answer
      if (counts[status] === undefined) throw new Error(`${name} answers ${status}`)
      counts[status]++
      // what one of the writers learns all of them know
      tags.set(id, fieldOf(answer, 'etag'))
    }
  }))
  const seconds = (performance.now() - begin) / 1000
  const answers = counts[200] + counts[412]
  return { successes: counts[200], answers, speed: counts[200] / seconds, cpu: (await cpuOf(servers) - cpuBefore) / answers }
}

async function report (database, races, { rows, processes }) {
  const unsafe = []
  const lines = []
  for (const name of names) {
    const all = races[name].rounds
    const measured = all.slice(1)
    const against = key => ratiosOf(races[name], races[base], key)
    const successes = sum(all, 'successes')
    const { rows: [{ written }] } = await database.pool.query(`SELECT sum(version - 1)::int AS written FROM ${name}`)
    const lost = successes - written
    if (lost !== 0 && STRATEGIES[name].isSafe) unsafe.push(`${STRATEGIES[name].title} lost ${lost}`)
    lines.push([
      STRATEGIES[name].title, Math.round(medianOf(measured.map(({ speed }) => speed))), formatSpread(against('speed')), formatSpread(against('cpu')),
      `${(100 * (1 - successes / sum(all, 'answers'))).toFixed(1)} %`, lost === 0 ? '0' : `${lost} (${(100 * lost / successes).toFixed(1)} %)`
    ])
  }
  const againstLock = name => formatSpread(ratiosOf(races[name], races.for_update, 'speed'))
  const title = `${rows === 1 ? 'One row' : `${rows.toLocaleString('en')} rows`}, ${processes === 1 ? 'one process' : `${processes} processes`}, ${WRITERS} writers`
  printTable(title, ['strategy', 'successes a second', 'by hand = 1', 'CPU of the server an answer, by hand = 1', 'refused', 'lost'], lines)
  console.log(`Successes a second of \`guard\`, SELECT … FOR UPDATE = 1: ${againstLock('guard')}; \`guarded\` with \`parseVersion\` ${againstLock('guard_at_once')}\n`)
  return unsafe
}

async function cpuOf (servers) {
  return (await Promise.all(servers.map(server => server.cpuTime()))).reduce((one, other) => one + other, 0)
}

// Round by round, since what else the machine does changes with time.
function ratiosOf (one, other, key) {
  return one.rounds.map((round, at) => round[key] / other.rounds[at][key]).slice(1)
}

const sum = (rounds, key) => rounds.reduce((total, round) => total + round[key], 0)
