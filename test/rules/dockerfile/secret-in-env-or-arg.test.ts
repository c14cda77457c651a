import rule from "../../../src/rules/dockerfile/secret-in-env-or-arg.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ENV PUBLIC_KEY=x API_KEY_FILE=/x SSH_AUTH_SOCK=/s PASSWORD_LENGTH=12
    `,
    `
    FROM a:1
    ENV GPG_KEY=0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D GPG_KEYS=abc
    `,
    `
    FROM a:1
    ENV GOPRIVATE=git.example USERNAME=joe DB_USERNAME=joe AUTH_MODULE_VERSION=3 KEY_OS_NAME=x
    `,
    `
    FROM a:1
    ENV TOKEN= PASSWORD=""
    `,
    `
    FROM a:1
    ENV DB_PASSWORD=/run/secrets/db TLS_KEY=/etc/ssl/private/tls.pem
    `,
    `
    FROM a:1
    ARG TOKEN_URL
    ARG TOKEN_TYPE
    ARG SECRET_DIR
    ARG KEY_ID
    `,
    `
    FROM a:1
    ENV ALLOW_EMPTY_PASSWORD=yes ENABLE_AUTH=true
    `,
    `
    FROM a:1
    ENV API_KEY=$UNDECLARED
    `,
    `
    FROM a:1
    ENV MONKEY=1 KEYBOARD=us TOKENIZER=bpe
    `,
    `
    FROM a:1
    RUN --mount=type=secret,id=token,env=TOKEN curl -H "A: $TOKEN" x
    `,
    `
    FROM a:1
    ARG WITH_AUTH=false
    ENV WITH_AUTH=$WITH_AUTH
    `,
    `
    FROM a:1
    LABEL password=x
    `,
    `
    FROM a:1
    ENV API_KEY=<your-key>
    `,
  ],
  found: [
    `
    FROM a:1
    ARG NPM_TOKEN
        ~~~~~~~~~ ARG "NPM_TOKEN" takes a secret, going by its name
    RUN npm ci
    `,
    `
    FROM a:1
    ARG NPM_TOKEN
        ~~~~~~~~~ ARG "NPM_TOKEN" takes a secret, going by its name
    RUN echo $NPM_TOKEN > ~/.npmrc
    `,
    `
    FROM scratch
    ARG SECRET_PASSPHRASE
        ~~~~~~~~~~~~~~~~~ ARG "SECRET_PASSPHRASE" takes a secret, going by its name
    ENV SUPER_Secret=foo
        ~~~~~~~~~~~~ ENV "SUPER_Secret" holds a secret, going by its name
    ENV password=bar secret=baz
        ~~~~~~~~ ENV "password" holds a secret, going by its name
                     ~~~~~~ ENV "secret" holds a secret, going by its name
    ARG super_duper_secret_token=foo auth=bar
        ~~~~~~~~~~~~~~~~~~~~~~~~ ARG "super_duper_secret_token" has a secret as its default, going by its name
                                     ~~~~ ARG "auth" has a secret as its default, going by its name
    ENV apikey=bar sunflower=foo
        ~~~~~~ ENV "apikey" holds a secret, going by its name
    `,
    `
    FROM a:1
    ARG TOKEN
        ~~~~~ ARG "TOKEN" takes a secret, going by its name
        ----- related: the build argument
    ENV TOKEN=$TOKEN
        ~~~~~ ENV "TOKEN" keeps build argument "TOKEN", a secret going by its name
    `,
    `
    ARG BUILD_PASSWORD
        ~~~~~~~~~~~~~~ ARG "BUILD_PASSWORD" takes a secret, going by its name
    FROM a:1 AS build
    ENV AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y
        ~~~~~~~~~~~~~~~~~ ENV "AWS_ACCESS_KEY_ID" holds a secret, going by its name
                            ~~~~~~~~~~~~~~~~~~~~~ ENV "AWS_SECRET_ACCESS_KEY" holds a secret, going by its name
    FROM a:1
    ENV VITE_API_KEY=abc REACT_APP_SECRET=abc
        ~~~~~~~~~~~~ ENV "VITE_API_KEY" holds a secret, going by its name
                         ~~~~~~~~~~~~~~~~ ENV "REACT_APP_SECRET" holds a secret, going by its name
    `,
    `
    FROM a:1
    ENV DB_PASSWORD hunter2 and more
        ~~~~~~~~~~~ ENV "DB_PASSWORD" holds a secret, going by its name
    `,
    `
    FROM a:1
    env A=ü \\
      # note
      B_CREDENTIALS=x \\
      ~~~~~~~~~~~~~ ENV "B_CREDENTIALS" holds a secret, going by its name
      C=d
    `,
    `
    FROM a:1
    ONBUILD ARG PRIVATE_KEY
                ~~~~~~~~~~~ ARG "PRIVATE_KEY" takes a secret, going by its name
    `,
    `
    FROM a:1
    ENV A=hunter2
    ENV MY_PSW=$A PWORD="b c"
        ~~~~~~ ENV "MY_PSW" holds a secret, going by its name
                  ~~~~~ ENV "PWORD" holds a secret, going by its name
    `,
    `
    # escape=\`
    FROM a:1
    ENV A=b \`
      PASSWD=c:\\x
      ~~~~~~ ENV "PASSWD" holds a secret, going by its name
    `,
    `
    FROM a:1
    ARG PW_TOKEN=
        ~~~~~~~~ ARG "PW_TOKEN" takes a secret, going by its name
        -------- related: the build argument
    ENV X_TOKEN="\${PW_TOKEN}"
        ~~~~~~~ ENV "X_TOKEN" keeps build argument "PW_TOKEN", a secret going by its name
    `,
    `
    FROM a:1
    ARG GITHUB_TOKEN
        ~~~~~~~~~~~~ ARG "GITHUB_TOKEN" takes a secret, going by its name
    RUN --mount=type=cache,target=/x T=$GITHUB_TOKEN make
    RUN true
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      ARG NPM_TOKEN
      RUN echo $NPM_TOKEN
      `,
      after: `
      FROM a:1
      RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN echo $NPM_TOKEN
      `,
    },
    {
      before: `
      FROM a:1
      ARG TOKEN
      RUN echo $TOKEN
      RUN echo $TOKEN
      `,
      after: `
      FROM a:1
      ARG TOKEN
      RUN echo $TOKEN
      RUN echo $TOKEN
      `,
    },
  ],
});
