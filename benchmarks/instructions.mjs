// What does a request cost in instructions, next to one of a bare Fastify? Needs valgrind.
// The slope between two numbers of requests leaves out what starting costs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CASES } from './dispatch-cases.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const [FEW, MANY] = [20_000, 40_000]
// the same run gives the same number
const FIXED = ['--single-threaded', '--predictable', '--hash-seed=42', '--random-seed=42']

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(CASES)
const scratch = mkdtempSync(path.join(tmpdir(), 'fastify-etag-policy-'))
let base
console.log('| case | instructions a request | bare Fastify = 1 |\n| --- | --- | --- |')
for (const name of names) {
  const slope = (instructions(name, MANY) - instructions(name, FEW)) / (MANY - FEW)
  base ??= slope
  console.log(`| ${name} | ${Math.round(slope)} | ${(slope / base).toFixed(3)} |`)
}
rmSync(scratch, { recursive: true })

function instructions (name, requests) {
  const { stderr: out } = spawnSync('setarch', [
    '-R', 'valgrind', '--tool=cachegrind', '--cache-sim=no', `--cachegrind-out-file=${path.join(scratch, 'out')}`,
    process.execPath, ...FIXED, path.join(here, 'dispatch.mjs'), name, String(requests)
  ], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 2 ** 26 })
  return Number(/I +refs: +([\d,]+)/.exec(out)[1].replaceAll(',', ''))
}
