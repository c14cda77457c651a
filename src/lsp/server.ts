import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { audit, plainRequest } from "../audit/audit.ts";
import { type AuditedSource, isOpen, type ReportedFinding } from "../audit/result.ts";
import type { Rule, RuleMeta, Targets } from "../audit/rule.ts";
import { UserError } from "../base/error.ts";
import { lineStarts } from "../base/text.ts";
import { ruleHelp } from "../report/explain.ts";
import { type Message, ProtocolError, readMessages, writeMessage } from "./connection.ts";
import { diagnosticOf, type LspRange, offsetAt, rangeOf } from "./document.ts";

/** JSON-RPC's and the protocol's error codes. */
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
const NOT_INITIALIZED = -32002;

/** Quiet time after a keystroke before the text is audited, in milliseconds. */
const pause = 120;

/** A file that the editor has open. */
interface OpenFile {
  readonly uri: string;
  readonly path: string;
  version: number;
  text: string;
  timer: NodeJS.Timeout | undefined;
  /** What the last audit said, and of which text. */
  audited: { readonly text: string; readonly findings: readonly ReportedFinding[] } | undefined;
}

/** What the server needs to know from outside. */
export interface LspOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly rules: readonly Rule[];
  readonly version: string;
}

/**
 * A language server for Dockerfiles (language server protocol 3.17): diagnostics, hover with the rule's help, quick
 * fixes, and a comment that ignores a finding. Ends with its input.
 * @returns exit status: 0 after `shutdown` and `exit`, else 1
 */
export async function serveLsp(options: LspOptions): Promise<0 | 1> {
  const server = new Server(options);
  try {
    for await (const message of readMessages(options.input)) {
      if (message.method === "exit") return server.isShutDown ? 0 : 1;
      await server.take(message);
    }
    return 1;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new UserError("the editor sent what is not the language server protocol", {
      cause: error,
      hint: "tguard lsp is started by an editor",
      exitCode: 1,
    });
  } finally {
    server.close();
  }
}

class Server {
  isShutDown = false;
  private isReady = false;
  private readonly options: LspOptions;
  private readonly metas: ReadonlyMap<string, RuleMeta<keyof Targets>>;
  private readonly files = new Map<string, OpenFile>();

  constructor(options: LspOptions) {
    this.options = options;
    this.metas = new Map(
      options.rules.map(({ meta }) => [meta.id, meta as RuleMeta<keyof Targets>]),
    );
  }

  close(): void {
    for (const { timer } of this.files.values()) clearTimeout(timer);
  }

  async take({ id, method, params }: Message): Promise<void> {
    if (method === undefined) return;
    const isRequest = id !== undefined;
    try {
      const result = isRequest
        ? await this.answer(method, params)
        : await this.hear(method, params);
      if (isRequest) this.send({ id, result: result ?? null });
    } catch (error) {
      const code = error instanceof RequestError ? error.code : INTERNAL_ERROR;
      const message = error instanceof Error ? error.message : String(error);
      if (isRequest) this.send({ id, error: { code, message } });
      else this.log(message);
    }
  }

  private async answer(method: string, params: unknown): Promise<unknown> {
    if (method === "initialize") {
      this.isReady = true;
      return {
        capabilities: {
          positionEncoding: "utf-16",
          textDocumentSync: { openClose: true, change: 2, save: false },
          hoverProvider: true,
          codeActionProvider: { codeActionKinds: ["quickfix"] },
        },
        serverInfo: { name: "tguard", version: this.options.version },
      };
    }
    if (!this.isReady) throw new RequestError(NOT_INITIALIZED, "initialize comes first");
    if (this.isShutDown) throw new RequestError(INVALID_REQUEST, "the server is shut down");
    switch (method) {
      case "shutdown":
        this.isShutDown = true;
        return null;
      case "textDocument/hover":
        return await this.hover(params as HoverParams);
      case "textDocument/codeAction":
        return await this.actions(params as ActionParams);
      default:
        throw new RequestError(METHOD_NOT_FOUND, `tguard does not know ${method}`);
    }
  }

  private async hear(method: string, params: unknown): Promise<void> {
    switch (method) {
      case "textDocument/didOpen": {
        const { textDocument } = params as { textDocument: OpenedDocument };
        const { uri, version, text } = textDocument;
        if (!uri.startsWith("file:")) return;
        const path = fileURLToPath(uri);
        this.files.set(uri, { uri, path, version, text, timer: undefined, audited: undefined });
        await this.publish(uri);
        return;
      }
      case "textDocument/didChange":
        this.change(params as ChangeParams);
        return;
      case "textDocument/didClose": {
        const { uri } = (params as { textDocument: { uri: string } }).textDocument;
        clearTimeout(this.files.get(uri)?.timer);
        this.files.delete(uri);
        this.send({
          method: "textDocument/publishDiagnostics",
          params: { uri, diagnostics: [] },
        });
        return;
      }
      default:
      // Other notifications are for servers that do more.
    }
  }

  private change({ textDocument: { uri, version }, contentChanges }: ChangeParams): void {
    const file = this.files.get(uri);
    if (file === undefined) return;
    for (const { range, text } of contentChanges) {
      if (range === undefined) file.text = text;
      else {
        const start = offsetAt(file.text, range.start);
        const end = offsetAt(file.text, range.end);
        file.text = file.text.slice(0, start) + text + file.text.slice(end);
      }
    }
    file.version = version;
    clearTimeout(file.timer);
    file.timer = setTimeout(() => {
      this.publish(uri).catch((error: unknown) => this.log(String(error)));
    }, pause);
  }

  private async publish(uri: string): Promise<void> {
    const file = this.files.get(uri);
    if (file === undefined) return;
    const { version } = file;
    const findings = await this.findings(file);
    // A newer text is on its way to its own audit.
    if (file.version !== version || this.files.get(uri) !== file) return;
    const starts = lineStarts(file.text);
    const diagnostics = findings.map((finding) =>
      diagnosticOf(starts, uri, finding, this.metas.get(finding.ruleId)),
    );
    this.send({
      method: "textDocument/publishDiagnostics",
      params: { uri, version, diagnostics },
    });
  }

  /** Open findings of the text as it is now, with the configuration that governs the file. */
  private async findings(file: OpenFile): Promise<readonly ReportedFinding[]> {
    const { text, path } = file;
    if (file.audited?.text === text) return file.audited.findings;
    let source: AuditedSource | undefined;
    try {
      const { report } = await audit({
        ...plainRequest,
        targets: [path],
        rules: this.options.rules,
        overlay: new Map([[path, text]]),
        workingFolder: dirname(path),
        readStdin: () => Promise.resolve(new Uint8Array()),
      });
      [source] = report.sources;
      for (const { level, message } of report.notifications)
        if (level === "error") this.log(message);
    } catch (error) {
      // A configuration with mistakes is the user's to mend; the editor shows what is wrong with it.
      if (!(error instanceof UserError)) throw error;
      this.log(error.message);
    }
    const findings = source?.findings.filter(isOpen) ?? [];
    file.audited = { text, findings };
    return findings;
  }

  private async hover({ textDocument, position }: HoverParams): Promise<object | null> {
    const file = this.known(textDocument.uri);
    const offset = offsetAt(file.text, position);
    const under = (await this.findings(file)).filter(
      ({ span }) => span.start <= offset && offset <= span.end,
    );
    const [first] = under;
    if (first === undefined) return null;
    const value = under
      .map(({ ruleId, message }) => {
        const meta = this.metas.get(ruleId);
        const help = meta === undefined ? "" : `\n\n${ruleHelp(meta)}`;
        return `### ${ruleId} ${meta?.name ?? ""}\n\n${message}${help}`;
      })
      .join("\n\n---\n\n");
    return {
      contents: { kind: "markdown", value },
      range: rangeOf(lineStarts(file.text), first.span),
    };
  }

  private async actions({ textDocument, range }: ActionParams): Promise<readonly object[]> {
    const file = this.known(textDocument.uri);
    const start = offsetAt(file.text, range.start);
    const end = offsetAt(file.text, range.end);
    const touched = (await this.findings(file)).filter(
      ({ span }) => span.start <= end && start <= span.end,
    );
    const starts = lineStarts(file.text);
    return touched.flatMap((finding) => {
      const diagnostics = [diagnosticOf(starts, file.uri, finding, this.metas.get(finding.ruleId))];
      const action = (
        title: string,
        edits: readonly { readonly range: LspRange; readonly newText: string }[],
        isPreferred: boolean,
      ): object => ({
        title,
        kind: "quickfix",
        diagnostics,
        isPreferred,
        edit: { changes: { [file.uri]: edits } },
      });
      const { fix } = finding;
      const mend =
        fix === undefined
          ? []
          : [
              action(
                fix.safe ? fix.title : `${fix.title} (may change what is built)`,
                fix.edits.map(({ span, text }) => ({
                  range: rangeOf(starts, span),
                  newText: text,
                })),
                fix.safe,
              ),
            ];
      return [...mend, action(...ignoreAction(file.text, finding, this.metas.get(finding.ruleId)))];
    });
  }

  private known(uri: string): OpenFile {
    const file = this.files.get(uri);
    if (file === undefined) throw new RequestError(INVALID_PARAMS, `${uri} is not open`);
    return file;
  }

  private send(message: Omit<Message, "jsonrpc">): void {
    writeMessage(this.options.output, message);
  }

  /** For the editor's log: what went wrong is not about the text. */
  private log(message: string): void {
    this.send({ method: "window/logMessage", params: { type: 1, message: `tguard: ${message}` } });
  }
}

/** A comment above the line where the finding begins, as far in as that line. */
function ignoreAction(
  text: string,
  { span, ruleId }: ReportedFinding,
  meta: RuleMeta<keyof Targets> | undefined,
): [string, { range: LspRange; newText: string }[], boolean] {
  const lineStart = text.lastIndexOf("\n", span.start - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  const at = rangeOf(lineStarts(text), { start: lineStart, end: lineStart });
  const name = meta?.name ?? ruleId;
  return [
    `ignore ${name} here`,
    [{ range: at, newText: `${indent}# tguard ignore=${name}${end}` }],
    false,
  ];
}

class RequestError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface OpenedDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
}

interface ChangeParams {
  readonly textDocument: { readonly uri: string; readonly version: number };
  readonly contentChanges: readonly { readonly range?: LspRange; readonly text: string }[];
}

interface HoverParams {
  readonly textDocument: { readonly uri: string };
  readonly position: LspRange["start"];
}

interface ActionParams {
  readonly textDocument: { readonly uri: string };
  readonly range: LspRange;
}
