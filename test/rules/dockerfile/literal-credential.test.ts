import { expect, test } from "vitest";
import { parseDockerfile } from "../../../src/audit/dockerfile/parse.ts";
import rule from "../../../src/rules/dockerfile/literal-credential.ts";
import { findingsOf, testRule } from "../../support/rule-tester.ts";

// Made-up credentials; in two halves, so that those who look for real ones in this repository find none.
const awsKey = `AKIA${"QYLPMN5HFBQ7WXYZ"}`;
const githubToken = `ghp_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`;
const npmToken = `npm_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`;
const jwt = `eyJ${"hbGciOiJIUzI1NiJ9"}.eyJ${"zdWIiOiIxMjM0NTY3ODkwIn0"}.${"dBjftJeZ4CVPmB92K27uhbUJU1p1r"}`;
const slackHook = `https://hooks.slack.com/services/${"T0AB12CD3/B0AB12CD3/a1B2c3D4e5F6g7H8"}`;
const random = `q8${"Zr4TnW2xLk7VbY9c"}`;

testRule(rule, {
  clean: [
    "FROM a:1\nENV KEY=AKIAIOSFODNN7EXAMPLE\n",
    `FROM a:1\n# ${awsKey}\nRUN true\n`,
    `FROM a:1\nRUN true \\\n  # ${githubToken}\n  && true\n`,
    "FROM a:1\nRUN git clone https://$USER:$TOKEN@git.example/a\n",
    "FROM a:1\nRUN git clone https://user:${TOKEN}@git.example/a https://user:<token>@b https://u:changeme@c https://u:xxx@d\n",
    "FROM a:1\nRUN echo 'password:' && ./ask --password\n",
    "FROM a:1\nRUN git checkout 3f786850e387550fdab836ed7e6dc881de23001b\n",
    "FROM a:1\nRUN echo 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c  x' | sha256sum -c\n",
    "FROM a:1\nRUN KEY=573BFD6B3D8FBC641079A6ABABF5BD827BD9BF62 gpg --recv-keys $KEY\n",
    "FROM a:1\nCOPY <<EOF /key.pem\n-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\nEOF\n",
    "FROM a:1\nCOPY <<EOF /crt.pem\n-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUY1a\n-----END CERTIFICATE-----\nEOF\n",
    "FROM a:1\nRUN TOKEN=$(cat /run/secrets/token) ./build --password=$PASSWORD --secret-file=/etc/x\n",
    "FROM a:1\nLABEL key.name=value token=abc\n",
    `FROM a:1\nENV DB_PASSWORD=${random}\n`,
  ],
  found: [
    `
    FROM a:1
    RUN git clone https://bot:hunter2x9@git.example/a.git
                              ~~~~~~~~~ literal credential: password in a URL
    `,
    `
    FROM a:1
    ENV ID=${awsKey}
           ~~~~~~~~~~~~~~~~~~~~ literal credential: AWS access key
    run ["curl", "-H", "X: ${githubToken}"]
                           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ literal credential: GitHub token
    `,
    `
    # é
    FROM a:1
    RUN <<EOF
    echo "//registry/:_authToken=${npmToken}" > ~/.npmrc
                                 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ literal credential: npm token
    EOF
    `,
    `
    FROM a:1
    ONBUILD RUN --mount=type=cache,target=/x \\
      # note
      curl -d x ${slackHook}
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ literal credential: Slack webhook
    `,
    `
    FROM a:1
    RUN API_TOKEN=${random} ./build --password=${random} --secret ${random}
                  ~~~~~~~~~~~~~~~~~~ literal credential: value of "API_TOKEN"
                                                        ~~~~~~~~~~~~~~~~~~ literal credential: value of "password"
                                                                                    ~~~~~~~~~~~~~~~~~~ literal credential: value of "secret"
    `,
    `
    FROM a:1
    RUN export TOKEN=${random}; curl -H "Authorization: Bearer ${random}" x
                     ~~~~~~~~~~~~~~~~~~ literal credential: value of "TOKEN"
                                                                        ~~~~~~~~~~~~~~~~~~ literal credential: value of "Authorization"
    `,
    `
    FROM a:1
    LABEL com.example.secret="${random}"
                             ~~~~~~~~~~~~~~~~~~~~ literal credential: value of "com.example.secret"
    COPY <<EOF /app.ini
    ; settings
    db_password = "${random}"
                   ~~~~~~~~~~~~~~~~~~ literal credential: value of "db_password"
    EOF
    `,
    `
    # escape=\`
    FROM a:1
    ENV A=b \`
      C=${jwt}
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ literal credential: JSON web token
    `,
  ],
});

test("a private key is found over several lines", () => {
  const source =
    "FROM a:1\nCOPY <<EOF /k\n-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\nEOF\n";
  const [finding, ...more] = findingsOf(rule, parseDockerfile(source));
  expect(more).toEqual([]);
  expect(finding?.message).toBe("literal credential: private key");
  expect(finding?.span.start).toBe(source.indexOf("-----BEGIN"));
});

test("what is found is masked and not in the message", () => {
  const source = `FROM a:1\nRUN TOKEN=${random} x https://u:${random}@h\n`;
  for (const { message, span, masked } of findingsOf(rule, parseDockerfile(source))) {
    expect(message).not.toContain(random);
    expect(masked).toEqual([span]);
  }
});
