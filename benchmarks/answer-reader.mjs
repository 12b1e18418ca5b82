// What does a server answer over a connection that stays open? Status, head and length, whatever packets it comes in.

/** Reads one answer after the other from the bytes of a connection. It keeps no body: it counts its bytes. */
export class AnswerReader {
  #read = this.#readHead
  #mark = '\r\n\r\n'
  #answer
  // bytes of a body that are still to come
  #left = 0
  // bytes of a head or line that is not whole yet
  #rest = Buffer.alloc(0)

  /** Takes what came, and gives the answer that it completes, if any. */
  push (data) {
    let bytes = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    this.#rest = bytes.subarray(0, 0)
    while (bytes.length >= this.#left) {
      bytes = bytes.subarray(this.#left)
      this.#left = 0
      if (this.#read === undefined) return this.#end(bytes)
      const end = bytes.indexOf(this.#mark)
      if (end === -1) {
        this.#rest = bytes
        return undefined
      }
      const text = bytes.latin1Slice(0, end)
      bytes = bytes.subarray(end + this.#mark.length)
      this.#read(text)
    }
    this.#left -= bytes.length
    return undefined
  }

  #end (bytes) {
    if (bytes.length > 0) throw new Error(`Nobody asked for ${bytes.toString('latin1').slice(0, 80)}`)
    this.#expect(this.#readHead, '\r\n\r\n')
    return this.#answer
  }

  #expect (read, mark) {
    this.#read = read
    this.#mark = mark
  }

  #readHead (head) {
    const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
    this.#answer = { status, head, length: 0 }
    if (status === 204 || status === 304) return this.#expect(undefined)
    if (/^transfer-encoding: *chunked$/im.test(head)) return this.#expect(this.#readChunk, '\r\n')
    const length = fieldOf(this.#answer, 'content-length')
    if (length === undefined) throw new Error(`An answer tells no length:\n${head}`)
    this.#answer.length = this.#left = Number(length)
    this.#expect(undefined)
  }

  #readChunk (line) {
    const size = parseInt(line, 16)
    if (Number.isNaN(size)) throw new Error(`No size of a chunk: ${line}`)
    if (size === 0) return this.#expect(this.#readTrailer, '\r\n')
    this.#answer.length += size
    this.#left = size + '\r\n'.length
  }

  #readTrailer (line) {
    if (line === '') this.#expect(undefined)
  }
}

/** The value of a field of an answer. */
export function fieldOf ({ head }, name) {
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]
}
