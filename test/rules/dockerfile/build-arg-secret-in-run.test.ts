import rule from "../../../src/rules/dockerfile/build-arg-secret-in-run.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG TOKEN
    RUN --mount=type=secret,id=token,env=TOKEN git clone https://x:$TOKEN@h/a.git
    RUN make TOKEN=$TOKEN
    RUN TOKEN=x; curl -u a:$TOKEN h
    RUN echo $TOKEN
    `,
    `
    FROM a:1
    ARG USER_NAME
    RUN curl -u $USER_NAME h
    RUN git clone https://x:$TOKEN@h/a.git
    ENV API_TOKEN=x
    RUN curl -H "Authorization: $API_TOKEN" h
    `,
  ],
  found: [
    `
    FROM a:1
    ARG TOKEN
        ----- related: the build argument
        ----- related: the build argument
    RUN git clone https://oauth2:\${TOKEN}@h/a.git
                  ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ build argument "TOKEN" is used to log in
    run curl -H "Authorization: Bearer $TOKEN" h
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ build argument "TOKEN" is used to log in
    `,
    `
    # ü
    ARG NPM_TOKEN
    FROM a:1
    ARG NPM_TOKEN
        --------- related: the build argument
        --------- related: the build argument
    ARG PASSWORD=
        -------- related: the build argument
        -------- related: the build argument
    RUN npm config set \\
      # note
      //r/:_authToken=$NPM_TOKEN
      ~~~~~~~~~~~~~~~~~~~~~~~~~~ build argument "NPM_TOKEN" is used to log in
    RUN docker login -u x -p $PASSWORD
    RUN echo "$PASSWORD" | docker login -u x --password-stdin
             ~~~~~~~~~~~ build argument "PASSWORD" is used to log in
    ONBUILD RUN <<EOF
    curl -u "me:$PASSWORD" h
            ~~~~~~~~~~~~~~ build argument "PASSWORD" is used to log in
    tool login --token $NPM_TOKEN
                       ~~~~~~~~~~ build argument "NPM_TOKEN" is used to log in
    EOF
    `,
  ],
});
