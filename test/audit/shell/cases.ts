/** Title, source, expected words of every simple command (any order), or `REJECT`. */
export const cases: readonly (readonly [string, string, readonly string[][] | "REJECT"])[] = [
  ["simple", "apt-get update", [["apt-get", "update"]]],
  [
    "&& chain with continuations",
    "apt-get update && \\\n    apt-get install -y --no-install-recommends curl=7.* \\\n      ca-certificates && \\\n    rm -rf /var/lib/apt/lists/*",
    [
      ["apt-get", "update"],
      ["apt-get", "install", "-y", "--no-install-recommends", "curl=7.*", "ca-certificates"],
      ["rm", "-rf", "/var/lib/apt/lists/*"],
    ],
  ],
  [
    "set -eux; sequence",
    'set -eux; \\\n  wget -O /tmp/x https://e.x/y; \\\n  echo "abc  /tmp/x" | sha256sum -c -',
    [
      ["set", "-eux"],
      ["wget", "-O", "/tmp/x", "https://e.x/y"],
      ["echo", "abc  /tmp/x"],
      ["sha256sum", "-c", "-"],
    ],
  ],
  [
    "pipe to bash",
    "curl -fsSL https://x/y.sh | bash -s -- --yes",
    [
      ["curl", "-fsSL", "https://x/y.sh"],
      ["bash", "-s", "--", "--yes"],
    ],
  ],
  [
    "subshell + ||",
    '(cd /src && make -j"$(nproc)") || exit 1',
    [["cd", "/src"], ["make", "-j$(nproc)"], ["nproc"], ["exit", "1"]],
  ],
  [
    "$( ) in assignment",
    'ARCH="$(dpkg --print-architecture)" && echo "$ARCH"',
    [
      ["dpkg", "--print-architecture"],
      ["echo", "$ARCH"],
    ],
  ],
  [
    "env prefix",
    "DEBIAN_FRONTEND=noninteractive apt-get -y install tzdata",
    [["apt-get", "-y", "install", "tzdata"]],
  ],
  ["operators inside single quotes", "echo 'a && b | c' > /etc/x", [["echo", "a && b | c"]]],
  [
    "escapes in double quotes",
    'echo "she said \\"hi\\" && \\$HOME"',
    [["echo", 'she said "hi" && $HOME']],
  ],
  [
    "backticks",
    "echo `uname -r` done",
    [
      ["echo", "`uname -r`", "done"],
      ["uname", "-r"],
    ],
  ],
  [
    "heredoc with expansion",
    "cat <<EOF > /etc/app.conf\nkey=$(hostname)\nrm -rf /\nEOF\necho done",
    [["cat"], ["hostname"], ["echo", "done"]],
  ],
  ["quoted heredoc piped", "cat <<'EOF' | tee /x\n$(rm -rf /)\nEOF\n", [["cat"], ["tee", "/x"]]],
  ["<<- heredoc", "cat <<-EOF\n\tbody\n\tEOF\necho x", [["cat"], ["echo", "x"]]],
  ["two heredocs", "cat <<A <<B\na\nA\nb\nB\necho z", [["cat"], ["echo", "z"]]],
  ["for", 'for f in a b c; do gpg --recv-keys "$f"; done', [["gpg", "--recv-keys", "$f"]]],
  [
    "if/else with [",
    'if [ "$X" = "1" ]; then pip install foo; else npm i -g bar; fi',
    [
      ["[", "$X", "=", "1", "]"],
      ["pip", "install", "foo"],
      ["npm", "i", "-g", "bar"],
    ],
  ],
  [
    "case",
    'case "$(uname -m)" in x86_64|amd64) A=amd64 ;; *) echo unsupported >&2; exit 1;; esac',
    [
      ["uname", "-m"],
      ["echo", "unsupported"],
      ["exit", "1"],
    ],
  ],
  [
    "function",
    'f() { curl -k "$1"; }; f https://x',
    [
      ["curl", "-k", "$1"],
      ["f", "https://x"],
    ],
  ],
  [
    "while read pipeline",
    'cat list | while read -r l; do wget "$l"; done',
    [
      ["cat", "list"],
      ["read", "-r", "l"],
      ["wget", "$l"],
    ],
  ],
  [
    "brace group redirected",
    "{ apt-get update; apt-get install -y git; } > /dev/null 2>&1",
    [
      ["apt-get", "update"],
      ["apt-get", "install", "-y", "git"],
    ],
  ],
  [
    "nested $( )",
    'echo "$(basename "$(pwd)")"',
    [["echo", '$(basename "$(pwd)")'], ["basename", "$(pwd)"], ["pwd"]],
  ],
  ["bash -c string", 'bash -c "cd /x && make"', [["bash", "-c", "cd /x && make"]]],
  [
    "process substitution",
    "diff <(sort a) <(sort b)",
    [
      ["diff", "<(sort a)", "<(sort b)"],
      ["sort", "a"],
      ["sort", "b"],
    ],
  ],
  ["[[ ]]", "[[ -f /etc/x && $A == b* ]] && . /etc/x", [[".", "/etc/x"]]],
  ["arithmetic", "echo $((1 + 2)) && (( i++ ))", [["echo", "$((1 + 2))"]]],
  [
    "parameter expansions",
    'echo "${FOO:-"a b"}" ${BAR%%/*} ${BAZ//a/b}',
    [["echo", '${FOO:-"a b"}', "${BAR%%/*}", "${BAZ//a/b}"]],
  ],
  ["extglob", "rm -rf /tmp/!(keep)", [["rm", "-rf", "/tmp/!(keep)"]]],
  ["negation", "! grep -q foo /etc/passwd", [["grep", "-q", "foo", "/etc/passwd"]]],
  ["background", "sleep 1 & wait", [["sleep", "1"], ["wait"]]],
  ["redirect forms", "cmd arg >/dev/null 2>&1 </dev/null 3>>log &>all", [["cmd", "arg"]]],
  ["here-string", 'grep x <<< "$FOO"', [["grep", "x"]]],
  ["trailing comment", "apt-get update # && rm -rf /", [["apt-get", "update"]]],
  [
    "# inside words",
    "curl http://x/#frag && echo a#b",
    [
      ["curl", "http://x/#frag"],
      ["echo", "a#b"],
    ],
  ],
  ["ANSI-C quotes", "printf $'a\\tb\\n'", [["printf", "a\tb\n"]]],
  ["quote concatenation", "echo a'b c'\"d\"\\ e", [["echo", "ab cd e"]]],
  [
    "non-ASCII then offset",
    'echo "héllo wörld 🎉" && rm ünï',
    [
      ["echo", "héllo wörld 🎉"],
      ["rm", "ünï"],
    ],
  ],
  ["glued operators", "a&&b||c;d|e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
  ["unterminated quote", 'echo "abc', "REJECT"],
  ["missing fi", "if true; then echo x", "REJECT"],
  ["dangling &&", "echo a &&", "REJECT"],
  ["pipe to subshell", "curl x | (sh)", [["curl", "x"], ["sh"]]],
  [
    "eval of $( )",
    'eval "$(ssh-agent -s)"',
    [
      ["eval", "$(ssh-agent -s)"],
      ["ssh-agent", "-s"],
    ],
  ],
  ["|&", "make |& tee log", [["make"], ["tee", "log"]]],
  [
    "until",
    "until curl -f http://x; do sleep 1; done",
    [
      ["curl", "-f", "http://x"],
      ["sleep", "1"],
    ],
  ],
  ["keywords as arguments", "echo if then fi done", [["echo", "if", "then", "fi", "done"]]],
  ["continuation inside a word", "apt-\\\nget update", [["apt-get", "update"]]],
  ["continuation inside quotes", 'echo "a\\\nb"', [["echo", "ab"]]],
  [
    "export declaration",
    'export PATH="$PATH:/x" FOO=bar',
    [["export", "PATH=$PATH:/x", "FOO=bar"]],
  ],
  [
    "leading blank continuation",
    "\\\n  apt-get update \\\n  \\\n  && echo x",
    [
      ["apt-get", "update"],
      ["echo", "x"],
    ],
  ],
  [
    "blanked comment line",
    "apt-get install -y \\\n              \\\n  curl \\\n  && echo x",
    [
      ["apt-get", "install", "-y", "curl"],
      ["echo", "x"],
    ],
  ],
  [
    "array + quoted @",
    'PKGS=(a b); apt-get install "${PKGS[@]}"',
    [["apt-get", "install", "${PKGS[@]}"]],
  ],
  [
    "python heredoc then &&",
    'python3 <<EOF && echo ok\nimport os; os.system("x && y")\nEOF',
    [["python3"], ["echo", "ok"]],
  ],
];
