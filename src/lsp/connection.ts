import type { Readable, Writable } from "node:stream";

/** A message of JSON-RPC 2.0, as the language server protocol uses it. */
export interface Message {
  readonly jsonrpc: "2.0";
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Largest message that is taken, in bytes: a Dockerfile at its limit, each character escaped. */
const maxBytes = 128 * 1024 * 1024;
const maxHeaderBytes = 8192;

/** What was read is no message; the stream cannot be followed any further. */
export class ProtocolError extends Error {}

/**
 * Messages of a stream in the protocol's base format: headers, a blank line, so many bytes of JSON.
 * @throws ProtocolError when the stream holds something else
 */
export async function* readMessages(input: Readable): AsyncGenerator<Message> {
  let buffer = Buffer.alloc(0);
  let wanted: number | undefined;
  for await (const chunk of input) {
    buffer = Buffer.concat([buffer, chunk as Buffer]);
    for (;;) {
      if (wanted === undefined) {
        const end = buffer.indexOf("\r\n\r\n");
        if (end === -1) {
          if (buffer.length > maxHeaderBytes) throw new ProtocolError("the header does not end");
          break;
        }
        wanted = contentLength(buffer.toString("latin1", 0, end));
        buffer = buffer.subarray(end + 4);
      }
      if (buffer.length < wanted) break;
      yield parse(buffer.toString("utf8", 0, wanted));
      buffer = buffer.subarray(wanted);
      wanted = undefined;
    }
  }
}

function contentLength(header: string): number {
  const [, digits] = /^Content-Length:\s*(\d{1,10})\s*$/im.exec(header) ?? [];
  const length = Number(digits);
  if (digits === undefined || length > maxBytes)
    throw new ProtocolError(`no usable Content-Length in "${header.slice(0, 100)}"`);
  return length;
}

function parse(text: string): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProtocolError(`a message is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null)
    throw new ProtocolError("a message is no object");
  return value as Message;
}

/** Write one message. */
export function writeMessage(output: Writable, message: Omit<Message, "jsonrpc">): void {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  output.write(`Content-Length: ${body.length}\r\n\r\n`);
  output.write(body);
}
