import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import {
  type CodeAction,
  CodeActionRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  LogMessageNotification,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { TGUARD } from "../support/bundle.ts";

const root = mkdtempSync(join(tmpdir(), "tguard-lsp-"));
mkdirSync(join(root, ".git"));
const path = join(root, "Dockerfile");
const uri = pathToFileURL(path).href;
const text = "FROM scratch\r\nADD app.py /app/\r\n";
writeFileSync(path, "FROM scratch\n");
writeFileSync(join(root, ".tguard.yaml"), "audit: { only: [DF1005, DF0001] }\n");
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A server, and the client that the editors use. */
interface Session {
  readonly child: ChildProcess;
  readonly client: ProtocolConnection;
  readonly logs: string[];
  /** The next diagnostics that the server publishes. */
  next(): Promise<PublishDiagnosticsParams>;
}

const sessions: Session[] = [];
afterEach(() => {
  for (const { client, child } of sessions.splice(0)) {
    client.dispose();
    child.kill("SIGKILL");
  }
});

async function start(): Promise<Session> {
  const child = spawn(TGUARD, ["lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const client = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published: PublishDiagnosticsParams[] = [];
  const waiting: ((params: PublishDiagnosticsParams) => void)[] = [];
  const logs: string[] = [];
  client.onNotification(PublishDiagnosticsNotification.type, (params) => {
    const wake = waiting.shift();
    if (wake === undefined) published.push(params);
    else wake(params);
  });
  client.onNotification(LogMessageNotification.type, ({ message }) => {
    logs.push(message);
  });
  client.listen();
  const session: Session = {
    child,
    client,
    logs,
    next: () => {
      const first = published.shift();
      return first === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(first);
    },
  };
  sessions.push(session);
  const { capabilities } = await client.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: {},
  });
  expect(capabilities).toMatchObject({ hoverProvider: true, positionEncoding: "utf-16" });
  await client.sendNotification(InitializedNotification.type, {});
  return session;
}

const open = (session: Session, content = text): Promise<void> =>
  session.client.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "dockerfile", version: 1, text: content },
  });

const firstOf = (diagnostics: readonly Diagnostic[]): Diagnostic => {
  const [first] = diagnostics;
  if (first === undefined) throw new Error("no diagnostic");
  return first;
};

test("diagnostics come when a file is opened, change with its text, and go when it is closed", async () => {
  const session = await start();
  await open(session);
  const opened = await session.next();
  expect(opened).toMatchObject({ uri, version: 1 });
  expect(opened.diagnostics).toMatchObject([
    {
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } },
      severity: 3,
      source: "tguard",
      code: "DF1005 add-instead-of-copy",
    },
  ]);
  const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } };
  await session.client.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range, text: "COPY" }],
  });
  expect(await session.next()).toMatchObject({ version: 2, diagnostics: [] });
  await session.client.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 3 },
    contentChanges: [{ text: "FROM scratch\nRUM x\n" }],
  });
  expect((await session.next()).diagnostics).toMatchObject([{ severity: 1 }]);
  await session.client.sendNotification(DidCloseTextDocumentNotification.type, {
    textDocument: { uri },
  });
  expect((await session.next()).diagnostics).toEqual([]);
});

test("hover shows the rule's help where a finding stands, and nothing elsewhere", async () => {
  const session = await start();
  await open(session);
  await session.next();
  const hover = (line: number, character: number): Promise<unknown> =>
    session.client.sendRequest(HoverRequest.type, {
      textDocument: { uri },
      position: { line, character },
    });
  expect(await hover(1, 1)).toMatchObject({
    contents: { kind: "markdown", value: expect.stringContaining("## How to fix") },
  });
  expect(await hover(0, 1)).toBeNull();
});

test("quick fixes mend the text or ignore the finding", async () => {
  const session = await start();
  await open(session);
  const { diagnostics } = await session.next();
  const actions = await session.client.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range: firstOf(diagnostics).range,
    context: { diagnostics },
  });
  const edits = (actions as CodeAction[]).map(({ title, edit }) => [title, edit?.changes?.[uri]]);
  expect(edits).toEqual([
    ['write "COPY"', [{ range: firstOf(diagnostics).range, newText: "COPY" }]],
    [
      "ignore add-instead-of-copy here",
      [
        {
          range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
          newText: "# tguard ignore=add-instead-of-copy\r\n",
        },
      ],
    ],
  ]);
});

describe("what goes wrong", () => {
  test("a configuration with mistakes is told in the log, and the server lives on", async () => {
    const session = await start();
    const folder = join(root, "broken");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".tguard.yaml"), "audit: { onyl: [] }\n");
    const other = pathToFileURL(join(folder, "new.Dockerfile")).href;
    await session.client.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: other, languageId: "dockerfile", version: 1, text: "FROM x\n" },
    });
    expect((await session.next()).diagnostics).toEqual([]);
    expect(session.logs.join()).toContain("has a mistake");
    await open(session);
    expect((await session.next()).diagnostics.length).toBe(1);
  });

  test("an unknown request is refused, shutdown and exit end it with 0", async () => {
    const session = await start();
    await expect(session.client.sendRequest("tguard/none", {})).rejects.toThrow("does not know");
    await session.client.sendRequest(ShutdownRequest.type);
    const ended = once(session.child, "exit");
    await session.client.sendNotification(ExitNotification.type);
    expect((await ended)[0]).toBe(0);
  });

  test.each([
    ["what is no message", "hello\r\n\r\n"],
    ["what is not JSON", "Content-Length: 3\r\n\r\n{x}"],
    ["a length that cannot be", "Content-Length: 9999999999\r\n\r\n"],
  ])("%s: one clear error", async (_, input) => {
    const child = spawn(TGUARD, ["lsp"], { stdio: ["pipe", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const ended = once(child, "close");
    child.stdin.end(input);
    expect((await ended)[0]).toBe(1);
    expect(stderr).toMatch(/^tguard: the editor sent what is not the language server protocol\n/);
  });
});
