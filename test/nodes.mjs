// Runs the unit suite on other versions of Node: `npm run test:nodes`, or `npm run test:nodes -- 24 26`.
// The binaries are those of the npm package `node`.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const VERSIONS = ['20.19', '22', '24', '26']
const MEGABYTE = 2 ** 20

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const manifest = createRequire(import.meta.url).resolve('tap/package.json')
const tap = path.join(path.dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.tap)
const traces = path.join(root, '.tap')
const hadTraces = existsSync(traces)

const given = process.argv.slice(2)
let failed = false
console.log('| node | rc | seconds | assertions |\n| --- | --- | --- | --- |')
for (const wanted of given.length > 0 ? given : VERSIONS) {
  const run = runSuite(installed(wanted))
  console.log(`| ${run.version} | ${run.rc} | ${run.seconds} | ${run.assertions} |`)
  for (const fault of run.faults) console.log(fault)
  failed ||= run.rc !== 0 || run.faults.length > 0
}
if (!hadTraces) rmSync(traces, { recursive: true, force: true })
process.exitCode = failed ? 1 : 0

/** The path of the binary of a version, which npx downloads once and keeps in the cache of npm. */
function installed (version) {
  return execFileSync('npx', ['-y', '-p', `node@${version}`, 'node', '-p', 'process.execPath'], { encoding: 'utf8', stdio: 'pipe' }).trim()
}

function runSuite (binary) {
  const begin = performance.now()
  const { status, signal, stdout, stderr } = spawnSync(binary, [tap, '--reporter=tap'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1024 * MEGABYTE,
    // what a test starts by the name `node` is this version too
    env: { ...process.env, PATH: path.dirname(binary) + path.delimiter + process.env.PATH }
  })
  const seconds = Math.round((performance.now() - begin) / 1000)
  const faults = stdout.match(/^ *not ok .*(?:\n *---\n[^]*?\n *\.\.\.$)?/gm) ?? []
  // after the last file come what is not covered and the sum
  if (status !== 0) faults.push(stdout.split(/^(?:not )?ok \d+ - .*$/m).at(-1).trim() || stderr)

  const binaries = ranBy()
  if (binaries.size !== 1 || !binaries.has(binary)) faults.push(`test files ran under ${[...binaries].join(', ') || 'nothing'}`)
  return {
    version: execFileSync(binary, ['-p', 'process.version'], { encoding: 'utf8' }).trim(),
    rc: status ?? signal,
    seconds,
    assertions: /^# \{ total: (\d+)/m.exec(stdout)?.[1] ?? 'none',
    faults
  }
}

/** The binaries of all processes that tap noted of its last run. */
function ranBy () {
  const notes = path.join(traces, 'processinfo')
  const files = existsSync(notes) ? readdirSync(notes).filter(file => file.endsWith('.json')) : []
  return new Set(files.map(file => JSON.parse(readFileSync(path.join(notes, file), 'utf8')).argv[0]))
}
