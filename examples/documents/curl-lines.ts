import type { Document } from './documents.js'

/** One line for the shell, and what it answers. */
export interface CurlLine {
  readonly title: string
  readonly command: string
}

/** Five requests that show what the plugin does, made for the version that a document has now. */
export function curlLines (origin: string, document: Document): readonly CurlLine[] {
  const url = `${origin}/documents/${document.id}`
  const tag = `"${document.version}"`
  const body = JSON.stringify({ title: 'A changed document', entries: document.entries.slice(0, 3) })
  const write = `curl -i -X PUT ${url} -H ${quote('Content-Type: application/json')} -d ${quote(body)}`
  return [
    { title: 'Read (200)', command: `curl -i ${url}` },
    { title: 'Read unless it is known already (304)', command: `curl -i ${url} -H ${quote(`If-None-Match: ${tag}`)}` },
    { title: 'Write with the tag (200)', command: `${write} -H ${quote(`If-Match: ${tag}`)}` },
    { title: 'The same again: the tag is old now (412)', command: `${write} -H ${quote(`If-Match: ${tag}`)}` },
    { title: 'Write without a tag (428)', command: write }
  ]
}

// for sh: all but the single quote stands for itself between single quotes
function quote (text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
