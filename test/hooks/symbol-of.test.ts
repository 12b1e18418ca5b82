import t from 'tap'
import { symbolOf } from '../../lib/hooks/symbol-of.js'

t.test('a symbol is found by its description, where the object itself has it', async t => {
  const [own, inherited] = [Symbol('own'), Symbol('inherited')]
  const holder = Object.assign(Object.create({ [inherited]: 1 }), { [own]: 1, [Symbol('other')]: 2, own: 3 })
  t.equal(symbolOf(holder, 'own'), own)
  for (const description of ['inherited', 'none']) t.equal(symbolOf(holder, description), undefined)
})
