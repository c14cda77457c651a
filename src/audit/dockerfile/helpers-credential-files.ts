/** What a file of this name holds, when it is a credential; `undefined` for all others. Only the path is looked at. */
export function credentialKind(path: string): string | undefined {
  const parts = path.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const name = (parts.at(-1) ?? "").toLowerCase();
  if (name === "" || HARMLESS.test(name)) return undefined;
  const inFolder = `${(parts.at(-2) ?? "").toLowerCase()}/${name}`;
  return KINDS.find(([pattern]) => pattern.test(name) || pattern.test(inFolder))?.[1];
}

/** Samples, encrypted files, and the public halves. */
const HARMLESS =
  /(?:^|[._-])(?:examples?|samples?|templates?|tpl|dist|defaults?|tmpl|j2|enc|gpg|asc|age|sops|pub|crt|cer|csr|md|txt|d\.ts)$|\.(?:[cm]?[jt]sx?|go|py|rb|rs|java|php|sh|html)$|known_hosts$/;

// Keys and stores of certificates only where the name does not say that they are public: apt and RPM keys, CA bundles.
const PUBLIC_PART =
  "(?!.*(?:public|pub[._-]|ca[._-]|^ca|certs?[._-]|chain|bundle|roots?[._-]|trust|dhparam|dh[._-]?\\d*\\.|gpg|apt|repo|release|archive|signing|rpm|yum|keyring|verify))";

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^\.env(?:\.|$)/, "environment with secrets"],
  [/^\.(?:npmrc|yarnrc\.yml)$/, "npm registry token"],
  [/^\.pypirc$/, "PyPI password"],
  [/^(?:\.|_)netrc$/, "passwords of servers"],
  [/^\.git-credentials$/, "Git passwords"],
  [/^\.?docker\/config\.json$|^\.dockercfg$|^\.dockerconfigjson$/, "registry passwords"],
  [/^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/, "SSH private key"],
  [/^(?:kubeconfig(?:\.ya?ml)?|\.kube\/config)$/, "cluster credentials"],
  [/^\.aws\/credentials$|^credentials(?:\.(?:json|ya?ml|xml|csv|ini|properties))?$/, "credentials"],
  [/^(?:\.gem\/credentials|\.cargo\/credentials(?:\.toml)?)$/, "registry token"],
  [
    /^service[-_]?account[\w.-]*\.json$|^application_default_credentials\.json$/,
    "service account key",
  ],
  [/^terraform\.tfstate(?:\.backup)?$|\.tfstate$/, "Terraform state"],
  [/^\.(?:htpasswd|pgpass|my\.cnf|vault[-_]?pass(?:word)?|s3cfg|boto)$/, "passwords"],
  [new RegExp(`^${PUBLIC_PART}.+\\.(?:pem|key|ppk)$`), "private key"],
  [new RegExp(`^${PUBLIC_PART}.+\\.(?:p12|pfx|jks|keystore)$`), "key store"],
];

/** True for kinds that a build can make itself, as certificates for tests are. */
export function isCertificateKind(kind: string): boolean {
  return kind === "private key" || kind === "key store";
}
