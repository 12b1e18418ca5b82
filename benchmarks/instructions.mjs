// What does a request cost in instructions, next to one of a bare Fastify? Exact to about 0.1 %, and needs valgrind and setarch.
// The slope between two numbers of requests leaves out what starting costs.
//
//   node instructions.mjs bare 'did not ask'
//
// takes these cases, of which the first is the base.

import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { CASES } from './dispatch-cases.mjs'
import { printHeading, printMeasured } from './tables.mjs'

const [FEW, MANY] = [20_000, 40_000]
// so that the same run gives the same number
const FIXED = ['--single-threaded', '--predictable', '--predictable-gc-schedule', '--hash-seed=42', '--random-seed=42']
const run = promisify(execFile)

const scratch = mkdtempSync(path.join(tmpdir(), 'fastify-etag-policy-'))
process.on('exit', () => rmSync(scratch, { recursive: true }))

printHeading(2, 'Instructions', `What one request of 200 bytes and 6 fields costs from Fastify's router to the end of the answer, without network and parser: the slope from ${FEW} to ${MANY} requests under valgrind.`)
await printMeasured(['case', 'status', 'instructions', 'bare = 1'], canCount() ? rows() : [['not measured: valgrind or setarch is not installed', '', '', '']])

async function * rows () {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CASES)
  let base
  for (const name of names) {
    const [few, many] = await Promise.all([FEW, MANY].map(requests => instructions(name, requests)))
    const each = (many - few) / (MANY - FEW)
    base ??= each
    yield [name, CASES[name].status ?? 200, Math.round(each), (each / base).toFixed(3)]
  }
}

async function instructions (name, requests) {
  const { stderr } = await run('setarch', [
    '-R', 'valgrind', '--tool=cachegrind', '--cache-sim=no', `--cachegrind-out-file=${path.join(scratch, 'out')}-%p`,
    process.execPath, ...FIXED, path.join(import.meta.dirname, 'dispatch.mjs'), name, String(requests)
  ])
  return Number(/I +refs: +([\d,]+)/.exec(stderr)[1].replaceAll(',', ''))
}

function canCount () {
  return ['valgrind', 'setarch'].every(program => spawnSync(program, ['--version']).error === undefined)
}
