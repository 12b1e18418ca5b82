'use strict'

const { readdirSync } = require('node:fs')
const path = require('node:path')

// every test counts for every file of lib, and for nothing else that it may load
const lib = readdirSync('lib', { recursive: true }).filter(file => file.endsWith('.ts')).map(file => path.posix.join('lib', file))

module.exports = () => lib
