/** An address as a message may show it: without user, password, query and fragment, which can hold secrets. */
export function shownUrl(url: string): string {
  const bare = url.replace(/[?#].*$/s, "").replace(/^([\w+.-]{1,20}:\/\/)[^/]*@/, "$1");
  return bare.length <= 100 ? bare : `${bare.slice(0, 99)}…`;
}

/** Lower-case host of an address, without user and port; `undefined` when a variable hides it. */
export function hostOf(url: string): string | undefined {
  const match = /^[a-z][\w+.-]{0,20}:\/\/(?:[^/@]*@)?(\[[\da-f:.]+\]|[\w.-]+)(?=[:/?#]|$)/i.exec(
    url,
  );
  return match?.[1]?.toLowerCase();
}

/** True for addresses of the machine itself. */
export function isLocalUrl(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal)$/.test(
    hostOf(url) ?? "",
  );
}
