import rule from "../../../src/rules/dockerfile/build-tools-in-single-stage.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1 AS b
    RUN go build
    FROM c:1
    `,
    `
    FROM golang:1.24
    RUN go build
    CMD ["go", "test"]
    `,
    `
    FROM a:1
    RUN apt-get install -y build-essential && make && apt-get purge -y build-essential
    `,
    `
    FROM a:1
    RUN npm ci
    `,
    `
    FROM a:1
    RUN echo make
    `,
    `
    FROM a:1
    RUN apt-get install -y curl
    `,
    `
    FROM a:1
    RUN gcc --version
    `,
    `
    FROM a:1
    RUN npm install --production
    `,
  ],
  found: [
    `
    FROM a:1
    RUN go build -o /app .
        ~~ "go" stays in the image: there is one stage only
    `,
    `
    FROM a:1
    RUN apt-get update && apt-get install -y build-essential
                                             ~~~~~~~~~~~~~~~ "build-essential" stays in the image: there is one stage only
    `,
    `
    FROM a:1
    RUN npm ci && npm run build
                  ~~~ "npm" stays in the image: there is one stage only
    `,
    `
    FROM a:1
    RUN a
    RUN --mount=type=cache,target=/c ./mvnw -B \\
                                     ~~~~~~ "./mvnw" stays in the image: there is one stage only
      # é
      package
    RUN make
    ENTRYPOINT ["/x"]
    `,
    `
    FROM a:1
    RUN <<EOF
    cd /x
    make
    ~~~~ "make" stays in the image: there is one stage only
    EOF
    `,
  ],
});
