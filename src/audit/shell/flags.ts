import type { ShellWord, SimpleCommand } from "./model.ts";

/** A flag as given: `-o x`, `-ox`, `--out=x`; of `-yqq` each letter is one. */
export interface GivenFlag {
  /** With its dashes: `-y`, `--yes`. */
  readonly name: string;
  /** `undefined` when it has none, or when the value is unknown. */
  readonly value: string | undefined;
  readonly hasValue: boolean;
  /** The word the flag stands in. */
  readonly word: ShellWord;
  /** The word of the value: the next one, or the same. */
  readonly valueWord: ShellWord | undefined;
}

/** Arguments of a command, told apart. */
export interface Arguments {
  /** The program in its plain name: `pip` for `pip3.11` and `python3 -m pip`. */
  readonly tool: string;
  readonly subcommand: ShellWord | undefined;
  readonly flags: readonly GivenFlag[];
  /** What is neither flag, value of a flag, nor subcommand. */
  readonly operands: readonly ShellWord[];
}

interface Tool {
  /** Flags that take a value, parted by blanks. */
  readonly values?: string;
  /** Flags that take a value, by subcommand. */
  readonly bySubcommand?: Readonly<Record<string, string>>;
  /** The first operand is a subcommand. */
  readonly hasSubcommand?: true;
  /** Flags are whole words: `-name`, `-jar`; no bundles. */
  readonly noBundles?: true;
  /** The first operand ends the flags (`ssh host cmd`). */
  readonly firstOperandEnds?: true;
}

const DNF: Tool = {
  values:
    "-c --config -d --debuglevel -e --errorlevel -x --exclude -R --randomwait --installroot --enablerepo --disablerepo --repo --repoid --releasever --setopt --disableplugin --enableplugin --comment --forcearch --destdir --downloaddir",
  hasSubcommand: true,
};
const APT: Tool = {
  values:
    "-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles --solver",
  hasSubcommand: true,
};
const CONDA: Tool = {
  values: "-n --name -p --prefix -c --channel -f --file --revision --solver --subdir --platform",
  hasSubcommand: true,
};
const USERADD: Tool = {
  values:
    "-b --base-dir -c --comment -d --home-dir --home -e --expiredate -f --inactive -g --gid -G --groups -k --skel -K --key -p --password -R --root -P --prefix -s --shell -u --uid -Z --selinux-user",
};

// Flags with values from each tool's manual; only tools that rules ask about.
const TOOLS: Readonly<Record<string, Tool>> = {
  "apt-get": APT,
  apt: APT,
  aptitude: APT,
  yum: DNF,
  dnf: DNF,
  dnf5: DNF,
  microdnf: DNF,
  tdnf: DNF,
  rpm: { values: "--root --dbpath -D --define --relocate --prefix -r" },
  dpkg: { values: "--root --admindir --instdir --log" },
  zypper: {
    values: "-R --root -D --reposd-dir -C --cache-dir -p --plus-repo -c --config",
    bySubcommand: {
      install: "-r --repo --from -t --type -D",
      in: "-r --repo --from -t --type",
      addrepo: "-p --priority",
    },
    hasSubcommand: true,
  },
  apk: {
    values:
      "-X --repository -p --root -t --virtual --arch --cache-dir --cache-max-age --keys-dir --repositories-file --wait --timeout --progress-fd",
    hasSubcommand: true,
  },
  pacman: {
    values:
      "-b --dbpath -r --root --arch --cachedir --config --gpgdir --hookdir --logfile --ignore --ignoregroup --overwrite --assume-installed",
  },
  pip: {
    values:
      "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix --src -i --index-url --extra-index-url -f --find-links --trusted-host --proxy --retries --timeout --cache-dir --log --cert --client-cert --no-binary --only-binary --progress-bar --python --config-settings -C --global-option --install-option --upgrade-strategy --report --exists-action --use-feature --use-deprecated --group --keyring-provider --cache-dir",
    hasSubcommand: true,
  },
  pipx: { values: "--python --index-url -i --pip-args --suffix --spec", hasSubcommand: true },
  npm: {
    values:
      "--prefix -C --registry --tag --loglevel --cache --userconfig --globalconfig -w --workspace --omit --include --install-strategy --audit-level --fetch-retries --fetch-timeout --maxsockets --network-timeout",
    hasSubcommand: true,
  },
  yarn: {
    values:
      "--cwd --registry --network-timeout --modules-folder --cache-folder --mutex --network-concurrency --use-yarnrc --otp",
    hasSubcommand: true,
  },
  pnpm: { values: "-C --dir --filter -F --registry --store-dir --reporter", hasSubcommand: true },
  gem: {
    values:
      "-v --version -s --source -i --install-dir -n --bindir --platform -g --file -P --trust-policy --without -p --http-proxy --config-file",
    hasSubcommand: true,
  },
  bundle: { values: "--gemfile -j --jobs --path --retry --without --with", hasSubcommand: true },
  composer: { values: "-d --working-dir", hasSubcommand: true },
  conda: CONDA,
  mamba: CONDA,
  micromamba: CONDA,
  cargo: {
    values:
      "--version --vers --git --branch --tag --rev --path --root --index --registry -F --features --profile -j --jobs --target --target-dir --color --config -Z --bin --example",
    hasSubcommand: true,
  },
  go: {
    values: "-o -ldflags -gcflags -asmflags -tags -mod -p -C -modfile -overlay -pkgdir -toolexec",
    hasSubcommand: true,
    noBundles: true,
  },
  git: {
    values: "-C -c --git-dir --work-tree --namespace --exec-path --config-env",
    bySubcommand: {
      clone:
        "-b --branch --depth -o --origin -u --upload-pack --reference --reference-if-able --template --config -j --jobs --separate-git-dir --shallow-since --shallow-exclude --filter --server-option",
      fetch:
        "--depth --deepen --shallow-since --shallow-exclude -j --jobs -o --server-option --upload-pack --refmap",
      pull: "--depth --deepen -s --strategy -X --strategy-option",
      checkout: "-b -B --orphan --conflict",
      commit: "-m --message -F --file --author --date -C -c -t --template",
      submodule: "-b --branch --depth --reference --name -j --jobs",
    },
    hasSubcommand: true,
  },
  curl: {
    values:
      "-A --user-agent -b --cookie -c --cookie-jar -C --continue-at -d --data --data-ascii --data-binary --data-raw --data-urlencode -D --dump-header -e --referer -E --cert --cert-type --cacert --capath --ciphers -F --form --form-string -h -H --header --hostpubmd5 -K --config --connect-timeout --connect-to -m --max-time --max-filesize --max-redirs --limit-rate -o --output --output-dir -P --ftp-port --pinnedpubkey --key --key-type --pass --proto --proto-default --proto-redir -Q --quote -r --range --resolve --retry --retry-delay --retry-max-time -t --telnet-option -T --upload-file --tls-max --tls13-ciphers --trace --trace-ascii -u --user -U --proxy-user -w --write-out -x --proxy --proxy-header --noproxy --preproxy --socks5 --socks5-hostname --socks4 -X --request -y --speed-time -Y --speed-limit -z --time-cond --unix-socket --url --variable --json --create-file-mode --crlfile --interface --dns-servers --doh-url --aws-sigv4 --oauth2-bearer --engine --stderr --rate",
  },
  wget: {
    values:
      "-a --append-output -A --accept -B --base --bind-address --body-data --body-file --ca-certificate --ca-directory --certificate --certificate-type --cut-dirs -D --domains --default-page --dns-timeout --connect-timeout --read-timeout -e --execute --exclude-domains --follow-tags --header --http-password --http-user -i --input-file -I --include-directories --ignore-tags -l --level --limit-rate --load-cookies --local-encoding --max-redirect --method -o --output-file -O --output-document -P --directory-prefix --password --pinnedpubkey --post-data --post-file --prefer-family --private-key --private-key-type --progress --proxy-password --proxy-user -Q --quota -R --reject --referer --regex-type --remote-encoding --report-speed --restrict-file-names --retry-on-http-error --save-cookies --secure-protocol --start-pos -t --tries -T --timeout -U --user-agent --user -w --wait --waitretry -X --exclude-directories --ciphers --crl-file --egd-file --random-file --hsts-file",
  },
  aria2c: {
    values: "-d --dir -o --out -x --max-connection-per-server -s --split -j --header --checksum -k",
  },
  tar: {
    values:
      "-f --file -C --directory -T --files-from -X --exclude-from --exclude -b --blocking-factor -I --use-compress-program -L --tape-length -K --starting-file -N --newer -V --label -g --listed-incremental --strip-components --transform --xform --owner --group --mode --mtime --one-top-level --sort --suffix",
  },
  unzip: { values: "-d -P -x" },
  useradd: USERADD,
  usermod: {
    values:
      "-c --comment -d --home -e --expiredate -f --inactive -g --gid -G --groups -l --login -p --password -R --root -s --shell -u --uid -Z --selinux-user",
  },
  adduser: {
    values:
      "-h -g -s -G -u -k --home --shell --ingroup --uid --gid --gecos --firstuid --lastuid --firstgid --lastgid --conf --add_extra_groups --comment",
  },
  addgroup: { values: "-g --gid --conf" },
  groupadd: { values: "-g --gid -K --key -p --password -R --root -P --prefix" },
  passwd: { values: "-n --mindays -x --maxdays -w --warndays -i --inactive -R --root" },
  chmod: { values: "--reference" },
  chown: { values: "--from --reference" },
  install: { values: "-m --mode -o --owner -g --group -t --target-directory -S --suffix" },
  mkdir: { values: "-m --mode" },
  ln: { values: "-t --target-directory -S --suffix" },
  cp: { values: "-t --target-directory -S --suffix" },
  mv: { values: "-t --target-directory -S --suffix" },
  find: { noBundles: true },
  java: { noBundles: true, values: "-cp -classpath -jar" },
  openssl: { noBundles: true, hasSubcommand: true },
  gpg: {
    values:
      "--keyserver --keyserver-options --homedir --keyring --no-default-keyring-file -o --output -u --local-user -r --recipient --passphrase --passphrase-file --passphrase-fd --primary-keyring --secret-keyring --trustdb-name --options --pinentry-mode --default-key --import-options --export-options",
  },
  "apt-key": { values: "--keyring --keyserver --keyserver-options", hasSubcommand: true },
  "update-rc.d": {},
  systemctl: {
    values: "-t --type -p --property -H --host -M --machine -o --output -n --lines --root",
    hasSubcommand: true,
  },
  service: { hasSubcommand: true },
  docker: { values: "-H --host --config -c --context -l --log-level", hasSubcommand: true },
  ssh: {
    values: "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w",
    firstOperandEnds: true,
  },
  "ssh-keyscan": { values: "-f -O -p -T -t" },
  "ssh-keygen": { values: "-b -C -f -N -P -t -m -i -R -Y" },
  mount: { values: "-t --types -o --options -L --label -U --uuid -O --target --source" },
  grep: {
    values:
      "-e --regexp -f --file -m --max-count -A -B -C --include --exclude --exclude-dir --color",
  },
  sed: { values: "-e --expression -f --file -l --line-length" },
  dotnet: { hasSubcommand: true, noBundles: true },
  mvn: {
    values:
      "-f --file -s --settings -P --activate-profiles -D --define -pl --projects -T --threads",
    noBundles: true,
  },
  make: { values: "-C --directory -f --file --makefile -I --include-dir -o --old-file -W -j" },
  sha256sum: {},
  setcap: {},
  rm: {},
};

/** Other names of the same tool. */
const ALIASES: Readonly<Record<string, string>> = {
  gpg2: "gpg",
  bsdtar: "tar",
  egrep: "grep",
  fgrep: "grep",
  yarnpkg: "yarn",
};

/** Plain name of the program a command name stands for. */
function plainName(name: string): string {
  if (/^pip\d*(?:\.\d+)*$/.test(name)) return "pip";
  if (/^gem\d*(?:\.\d+)*$/.test(name)) return "gem";
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
}

const EMPTY: ReadonlySet<string> = new Set();
const valueSets = new Map<string, ReadonlySet<string>>();

function toSet(list: string | undefined): ReadonlySet<string> {
  if (list === undefined) return EMPTY;
  let set = valueSets.get(list);
  if (set === undefined) {
    set = new Set(list.split(" "));
    valueSets.set(list, set);
  }
  return set;
}

const read = new WeakMap<SimpleCommand, Arguments>();

/** Flags, operands and subcommand of a command; worked out once. */
export function argumentsOf(command: SimpleCommand): Arguments {
  let result = read.get(command);
  if (result === undefined) {
    result = readArguments(command);
    read.set(command, result);
  }
  return result;
}

function readArguments({ name, args }: SimpleCommand): Arguments {
  let tool = plainName(name ?? "");
  let words = args;
  // `python3 -m pip install`, `uv pip install`.
  if (/^(?:python|pypy)\d*(?:\.\d+)*$/.test(tool)) {
    const at = args.findIndex(({ text }) => text === "-m");
    const module = args[at + 1]?.text;
    if (
      at !== -1 &&
      module !== undefined &&
      args.slice(0, at).every(({ text }) => text.startsWith("-"))
    ) {
      tool = plainName(module);
      words = args.slice(at + 2);
    }
  } else if (tool === "uv" && args[0]?.text === "pip") {
    tool = "pip";
    words = args.slice(1);
  }
  return splitArguments(tool, words);
}

function splitArguments(tool: string, words: readonly ShellWord[]): Arguments {
  const table: Tool = Object.hasOwn(TOOLS, tool) ? (TOOLS[tool] ?? {}) : {};
  const general = toSet(table.values);
  let special = EMPTY;
  const flags: GivenFlag[] = [];
  const operands: ShellWord[] = [];
  let subcommand: ShellWord | undefined;
  let isOver = false;
  const takesValue = (flag: string): boolean => general.has(flag) || special.has(flag);

  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const { text } = word;
    if (isOver || !text.startsWith("-") || text === "-") {
      // `tar xzf file`: the first word may be a bundle without dash.
      if (tool === "tar" && i === 0 && /^[A-Za-z]+$/.test(text)) {
        let next = i;
        for (const letter of text) {
          const isValued = takesValue(`-${letter}`);
          const valueWord = isValued ? words[++next] : undefined;
          flags.push({
            name: `-${letter}`,
            value: valueWord?.value,
            hasValue: isValued,
            word,
            valueWord,
          });
        }
        i = next;
      } else if (table.hasSubcommand === true && subcommand === undefined) {
        subcommand = word;
        special = toSet(table.bySubcommand?.[text]);
      } else {
        operands.push(word);
        if (table.firstOperandEnds === true) isOver = true;
      }
      continue;
    }
    if (text === "--") {
      isOver = true;
      continue;
    }
    if (text.startsWith("--") || table.noBundles === true || takesValue(text)) {
      const equals = text.indexOf("=");
      const flag = equals === -1 ? text : text.slice(0, equals);
      if (equals !== -1) {
        const value = word.value === undefined ? undefined : word.value.slice(equals + 1);
        flags.push({ name: flag, value, hasValue: true, word, valueWord: word });
      } else if (takesValue(flag)) {
        const valueWord = words[++i];
        flags.push({
          name: flag,
          value: valueWord?.value,
          hasValue: valueWord !== undefined,
          word,
          valueWord,
        });
      } else
        flags.push({ name: flag, value: undefined, hasValue: false, word, valueWord: undefined });
      continue;
    }
    // A bundle: `-yqq`, `-fsSLo file`, `-ofile`.
    for (let j = 1; j < text.length; j++) {
      const flag = `-${text.charAt(j)}`;
      if (!takesValue(flag)) {
        flags.push({ name: flag, value: undefined, hasValue: false, word, valueWord: undefined });
        continue;
      }
      const isGlued = j + 1 < text.length;
      const valueWord = isGlued ? word : words[++i];
      const value = isGlued
        ? word.value === undefined
          ? undefined
          : text.slice(j + 1)
        : valueWord?.value;
      flags.push({ name: flag, value, hasValue: valueWord !== undefined, word, valueWord });
      break;
    }
  }
  return { tool, subcommand, flags, operands };
}
