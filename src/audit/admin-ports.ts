/** Ports of one service. */
export interface AdminService {
  readonly first: number;
  readonly last: number;
  readonly name: string;
}

/** Services that let somebody administer a machine from afar: IANA service names, and Docker's own. */
export const ADMIN_SERVICES: readonly AdminService[] = [
  { first: 21, last: 21, name: "FTP" },
  { first: 22, last: 22, name: "SSH" },
  { first: 23, last: 23, name: "Telnet" },
  { first: 512, last: 514, name: "rexec, rlogin, rsh" },
  { first: 2375, last: 2376, name: "Docker" },
  { first: 3389, last: 3389, name: "RDP" },
  { first: 5800, last: 5800, name: "VNC" },
  { first: 5900, last: 5910, name: "VNC" },
  { first: 5985, last: 5986, name: "WinRM" },
];
