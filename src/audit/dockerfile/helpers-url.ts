/** An address as a message may show it: without `user:password@`, query and fragment, which may hold secrets. */
export function shownUrl(url: string): string {
  const bare = url.replace(/[?#].*$/s, "").replace(/^([\w+.-]{1,20}:\/\/)[^/]*@/, "$1");
  return bare.length > 120 ? `${bare.slice(0, 119)}…` : bare;
}

/** Host of an address, lower case, without port and user; `undefined` when it ends before the host does. */
export function hostOfUrl(url: string): string | undefined {
  const match = /^\w+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(.?)/.exec(url);
  return match?.[2] === "" ? undefined : match?.[1]?.toLowerCase();
}

/** The same for a whole address, which may end with its host; `undefined` when a variable is part of the host. */
export function hostOf(url: string): string | undefined {
  const host = hostOfUrl(`${url}/`);
  return host === "" || host?.includes("$") === true ? undefined : host;
}

/** True for addresses of the machine itself. */
export function isLocalUrl(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal)$/.test(
    hostOf(url) ?? "",
  );
}
