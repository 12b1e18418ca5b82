import t from 'tap'
import { asksForReads, resolveSettings, type Level, type OuterLevel, type Settings } from '../lib/settings.js'

const PLACES = ['plugin', 'scope', 'scope', 'route'] as const

// any object, since JavaScript passes `undefined` as well
const levelsOf = (given: readonly object[]): Level[] => given.map((options, index) => ({ level: PLACES[index]!, options }))

const aSource = () => 1
const aVariant = () => 'summary'
const aProblem = () => ({})

/** Two values of each setting that is not merged: whichever is declared nearer must win. */
const VALUES: Readonly<Record<Exclude<keyof Settings, 'tolerate'>, readonly [unknown, unknown]>> = {
  source: ['version', aSource],
  weak: [true, false],
  lastModified: ['updated', ['updated', 'created']],
  at: ['onRequest', 'preHandler'],
  missing: [409, 428],
  checkEtagParam: [true, false],
  accept: [['If-Match: *'], []],
  enforce: [false, true],
  create: ['only', 'may'],
  createIgnoresIfMatch: [true, false],
  unguarded: ['error', 'off'],
  isConflict: [() => true, () => false],
  isDuplicateKey: [() => true, () => false],
  answer: [false, true],
  variant: [aVariant, () => null],
  headers: [{ vary: 'accept' }, {}],
  disclose: [() => true, true],
  problem: [aProblem, () => ({})]
}

const DEFAULTS: Settings = {
  source: undefined,
  weak: false,
  lastModified: undefined,
  at: 'preHandler',
  missing: 428,
  checkEtagParam: false,
  accept: [],
  enforce: true,
  create: 'may',
  createIgnoresIfMatch: false,
  tolerate: {},
  unguarded: 'warn',
  isConflict: undefined,
  isDuplicateKey: undefined,
  answer: true,
  variant: undefined,
  headers: undefined,
  disclose: true,
  problem: undefined
}

// which of plugin, scope, nested scope and route declare a setting: every choice of at least one
const CHOICES = Array.from({ length: 15 }, (_, choice) => PLACES.map((_, place) => ((choice + 1) >> place & 1) === 1))

t.test('of every setting the nearest declaration wins, and an undefined declares nothing', async t => {
  for (const [name, [one, other]] of Object.entries(VALUES)) {
    for (const [near, far] of [[one, other], [other, one]]) {
      for (const choice of CHOICES) {
        const nearest = choice.lastIndexOf(true)
        const valueAt = (place: number) => place === nearest ? near : far
        const told = `${name}, declared by ${PLACES.filter((_, place) => choice[place])}`
        const absent = levelsOf(choice.map((declares, place) => declares ? { [name]: valueAt(place) } : {}))
        t.equal(resolveSettings(absent)[name as keyof Settings], near, told)
        const blank = levelsOf(choice.map((declares, place) => ({ [name]: declares ? valueAt(place) : undefined })))
        t.equal(resolveSettings(blank)[name as keyof Settings], near, `${told}, undefined elsewhere`)
      }
    }
  }
})

t.test('each setting is resolved by itself, and one that no level declares has its default', async t => {
  for (const none of [[], [{}], [{}, {}, {}, {}]]) t.strictSame(resolveSettings(levelsOf(none)), DEFAULTS, `${none.length} levels that say nothing`)
  for (const [name, [value]] of Object.entries(VALUES)) {
    for (const place of PLACES.keys()) {
      const given = PLACES.map((_, index) => index === place ? { [name]: value } : {})
      t.strictSame(resolveSettings(levelsOf(given)), { ...DEFAULTS, [name]: value }, `${name} of the ${PLACES[place]}`)
    }
  }
  const blank = Object.fromEntries(Object.keys(DEFAULTS).map(name => [name, undefined]))
  t.strictSame(resolveSettings(levelsOf([blank, blank, blank, blank])), DEFAULTS, 'every setting undefined')
})

t.test('tolerate is merged key by key, the nearest of each key wins', async t => {
  const table: ReadonlyArray<readonly [tolerate: ReadonlyArray<object | undefined>, expected: object]> = [
    [[{ weak: true }], { weak: true }],
    [[{ weak: true }, undefined, undefined, undefined], { weak: true }],
    [[{ weak: true }, { unquoted: true }], { weak: true, unquoted: true }],
    [[{ weak: true }, {}, {}, { unquoted: true }], { weak: true, unquoted: true }],
    [[{ weak: true, unquoted: true }, { weak: false }], { weak: false, unquoted: true }],
    [[{ weak: false }, { weak: true }, { weak: false }, { unquoted: false }], { weak: false, unquoted: false }],
    [[{ weak: false, unquoted: false }, {}, { unquoted: true }, { weak: true }], { weak: true, unquoted: true }],
    [[undefined, undefined, undefined, { weak: true }], { weak: true }]
  ]
  for (const [given, expected] of table) {
    const levels = levelsOf(given.map(tolerate => Object.freeze({ tolerate: tolerate && Object.freeze(tolerate) })))
    t.strictSame(resolveSettings(levels).tolerate, expected, JSON.stringify(given))
  }
})

t.test('a key of tolerate that is undefined declares nothing either', async t => {
  const { tolerate } = resolveSettings(levelsOf([{ tolerate: { weak: true, unquoted: false } }, { tolerate: { weak: undefined, unquoted: undefined } }]))
  t.equal(tolerate.weak, true)
  t.equal(tolerate.unquoted, false)
})

t.test('a setting that the route alone or the plugin alone knows is none of the shared ones', async t => {
  const given = { policy: 'REQUIRED', kind: 'doc', load: aSource, loadValidators: aSource, parseVersion: aSource, of: aSource, guarded: aSource, tag: aSource, allReads: true }
  t.strictSame(resolveSettings(levelsOf([given, given, given, given])), DEFAULTS)
})

t.test('reads ask by themselves where the nearest scope that speaks of it says so', async t => {
  const table: ReadonlyArray<readonly [allReads: ReadonlyArray<boolean | undefined>, expected: boolean]> = [
    [[], false],
    [[undefined], false],
    [[true], true],
    [[false], false],
    [[true, undefined], true],
    [[true, undefined, undefined], true],
    [[true, false], false],
    [[true, false, undefined], false],
    [[false, true], true],
    [[true, false, true], true],
    [[undefined, true, false], false]
  ]
  for (const [given, expected] of table) {
    const outer = given.map((allReads, index) => ({ level: PLACES[index]!, options: { allReads } })) as OuterLevel[]
    t.equal(asksForReads(outer), expected, JSON.stringify(given))
  }
  t.equal(asksForReads([{ level: 'plugin', options: { allReads: true } }, { level: 'scope', options: {} }]), true, 'a scope that says nothing')
})
