import rule from "../../../src/rules/dockerfile/secret-mount-persisted.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    RUN --mount=type=secret,id=t cp /run/secrets/t /root/.npmrc && npm ci && rm /root/.npmrc
    RUN --mount=type=secret,id=t --mount=type=tmpfs,target=/tmp cat /run/secrets/t > /tmp/t && use /tmp/t
    RUN --mount=type=secret,id=t cat /run/secrets/t | docker login --password-stdin
    RUN --mount=type=secret,id=t export T=$(cat /run/secrets/t) && npm ci > log.txt
    RUN --mount=type=secret,id=t openssl x509 -in /run/secrets/t > /out.txt
    RUN --mount=type=secret,id=t cat /etc/hosts > /x
    RUN --mount=type=secret,id=t cat /run/secrets/t > /dev/null
    RUN cp /run/secrets/t /x
    RUN --mount=type=secret,id=t cp /src /run/secrets/t
    RUN --mount=type=secret,id=t ln -s /run/secrets/t /x
    RUN --mount=type=secret,id=tt cp /run/secrets/ttt /x
    `,
    `
    FROM a:1
    RUN --mount=type=secret,id=t,env=T git config url.x.insteadOf $T
    RUN --mount=type=secret,id=t,env=T npm config set //r/:_authToken=$T && npm ci && npm config delete //r/:_authToken
    RUN --mount=type=secret,id=t,target=$X cp /run/secrets/t /x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci
                                     ~~ "cp" keeps secret "/run/secrets/npmrc" in "/root/.npmrc"
    run --mount=type=secret,id=t,env=T echo "//r/:_authToken=$T" > .npmrc
                                       ~~~~ "echo" keeps secret "T" in ".npmrc"
    RUN --mount=type=secret,id=t echo "token=$(cat /run/secrets/t)" >> /etc/environment
                                 ~~~~ "echo" keeps secret "/run/secrets/t" in "/etc/environment"
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN --mount=type=secret,id=t,target=/k \\
      # note
      cat /k | base64 -d | tee /root/key.json
      ~~~ "cat" keeps secret "/k" in "/root/key.json"
    RUN --mount=type=secret,id=t,env=T <<EOF
    npm config set //r/:_authToken $T
    ~~~ "npm" keeps secret "T" in "~/.npmrc"
    npm ci
    EOF
    RUN --mount=type=secret,id=t,env=T git config --global url."https://$T@x/".insteadOf https://x/
                                       ~~~ "git" keeps secret "T" in "~/.gitconfig"
    RUN --mount=type=secret,id=t,env=T sed -i "s/TOKEN/$T/" /etc/app.conf
                                       ~~~ "sed" keeps secret "T" in "/etc/app.conf"
    RUN --mount=type=secret,id=t ["cp", "/run/secrets/t", "/x"]
                                  ~~~~ "cp" keeps secret "/run/secrets/t" in "/x"
    `,
  ],
});
