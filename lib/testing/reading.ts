import { Wrong } from './wrong.js'
import type { Check } from './check.js'

export const READING: readonly Check[] = [
  {
    claim: 'a read carries a tag',
    async run (resource) {
      await resource.show()
    }
  },
  {
    claim: 'a read that names its tag is 304, with the tag',
    unless: ['not-there', 'no-tag'],
    async run (resource) {
      const { etag } = await resource.show()
      const again = await resource.read({ 'if-none-match': etag })
      if (again.came.status !== 304 || again.came.etag !== etag) throw new Wrong('no-304', again)
    }
  }
]
