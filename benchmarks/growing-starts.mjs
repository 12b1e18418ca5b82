// How does the start of an application grow with its routes: without the plugin, with it, and where every route asks?

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { formatDoubling } from './doubling.mjs'
import { formatSpread, medianOf } from './spread.mjs'
import { printTable } from './tables.mjs'

const ROUTES = [1, 10, 100, 1000]
const ROUNDS = 7
const KINDS = ['bare', 'registered', 'asked']
const startFile = fileURLToPath(new URL('start-once.mjs', import.meta.url))

/** Prints the time of a start by the number of routes, each in a process of its own, in turn. */
export function timeStarts () {
  const lines = []
  let before
  for (const routes of ROUTES) {
    const rounds = Array.from({ length: ROUNDS }, () => KINDS.map(kind => start(kind, routes)))
    const times = KINDS.map((_, at) => medianOf(rounds.map(round => round[at])))
    const ratios = [1, 2].map(at => formatSpread(rounds.map(round => round[at] / round[0])))
    lines.push([routes.toLocaleString('en'), ...times.map(time => Math.round(time)), ...ratios, ...times.map((time, at) => formatDoubling(time, before?.[at]))])
    before = times
  }
  printTable('The start, milliseconds from Fastify() to ready()', [
    'routes', 'bare', 'registered, no route asks', 'every route asks', 'registered, bare = 1', 'every route asks, bare = 1',
    'bare, a doubling: 2 linear', 'registered, a doubling', 'every route asks, a doubling'
  ], lines)
}

function start (kind, routes) {
  return Number(execFileSync(process.execPath, [startFile, kind, String(routes)], { encoding: 'utf8' }))
}
