/** True for names of this machine itself, with or without a port: `localhost`, `127.0.0.1`, `[::1]:8080`. */
export function isLocalHost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?)(?::\d+)?$/i.test(host);
}

/** True for an address on this machine: `https://localhost:8443/health`, `localhost/x`. */
export function isLocalAddress(address: string): boolean {
  const [, authority = ""] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(address) ?? [];
  return isLocalHost(authority.slice(authority.lastIndexOf("@") + 1));
}
