// What do all benchmarks say? One Markdown document on stdout: this machine, and then each benchmark in turn.
//
//   PAIRS=3 node main.mjs
//
// measures fewer pairs. The code is that of a failed benchmark, where one failed.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import path from 'node:path'

const BENCHMARKS = ['equal-work.mjs', 'http.mjs', 'direct.mjs', 'writes.mjs', 'instructions.mjs', 'postgres.mjs', 'growth.mjs']

const [{ model }] = cpus()
console.log(`# Benchmarks

| Node | CPU | cores | system | date |
| --- | --- | --- | --- | --- |
| ${process.version} | ${model.trim()} | ${cpus().length} | ${process.platform} ${process.arch} | ${new Date().toISOString().slice(0, 10)} |
`)

for (const file of BENCHMARKS) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file)], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code === 0) continue
  console.log(`\n**${file} failed**\n`)
  process.exitCode = code ?? 1
}
