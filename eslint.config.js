'use strict'

const neostandard = require('neostandard')

module.exports = [
  ...neostandard({ ts: true, filesTs: ['**/*.mts'], noJsx: true, ignores: [...neostandard.resolveIgnoresFromGitignore(), 'tap-snapshots/'] }),
  {
    // a const and the type or namespace of the same name are one thing to a reader
    files: ['**/*.ts', '**/*.mts'],
    rules: { '@typescript-eslint/no-redeclare': 'off' }
  }
]
