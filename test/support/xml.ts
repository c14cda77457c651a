/** An element of an XML document without mixed content. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function decoded(text: string): string {
  if (/[<]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`not well formed: ${text}`);
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, number?: string, name?: string) =>
    number === undefined ? (entities[name ?? ""] ?? "") : String.fromCharCode(Number(number)),
  );
}

/** Parse the XML that reports write; throws where it is not well formed. */
export function parseXml(document: string): XmlElement {
  const body = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  const token = /<(\/?)([\w.-]+)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (const match of body.matchAll(token)) {
    if (match.index !== at) break;
    at += match[0].length;
    const [, close, name = "", list = "", selfClosing, text] = match;
    const top = stack.at(-1) ?? root;
    if (text !== undefined) top.text += decoded(text);
    else if (close === "/") {
      if (stack.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const pairs = [...list.matchAll(/([\w.-]+)="([^"]*)"/g)];
      const attributes = Object.fromEntries(
        pairs.map(([, key, value = ""]) => [key, decoded(value)]),
      );
      const element: XmlElement = { name, attributes, children: [], text: "" };
      top.children.push(element);
      if (selfClosing !== "/") stack.push(element);
    }
  }
  const [only] = root.children;
  if (at !== body.length || stack.length !== 1 || only === undefined) throw new Error(`at ${at}`);
  return only;
}
