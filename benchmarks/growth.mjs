// How do the costs grow: with the length of a field, with the members of a list, with the routes of an application?
// `node growth.mjs [matcher] [requests] [lists] [starts]`: these tables, or all. Needs `npm run build`.

import { timeLists } from './growing-lists.mjs'
import { timeMatcher } from './growing-matcher.mjs'
import { timeRequests } from './growing-requests.mjs'
import { timeStarts } from './growing-starts.mjs'

const TABLES = { matcher: timeMatcher, requests: timeRequests, lists: timeLists, starts: timeStarts }

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TABLES)
for (const name of names) await TABLES[name]()
