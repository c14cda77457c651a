import rule from "../../../src/rules/dockerfile/unpinned-go-package.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM golang:1.24
    RUN go install golang.org/x/tools/cmd/stringer@v0.35.0 && go get example.com/x@0123abc
    `,
    `
    FROM golang:1.24
    RUN go install ./... && go install . && go install /src/x && go install cmd/x && go get
    `,
    `
    FROM golang:1.24
    RUN go run main.go example.com/x && go run ./cmd example.com/y@latest && go run example.com/x@v1 a.b/c
    `,
    `
    FROM golang:1.24
    RUN CGO_ENABLED=0 go install -ldflags "-s -w -X main.v=1.0/x" -tags a.b/c example.com/x@v1
    `,
    `
    FROM golang:1.24
    RUN go build example.com/x && go mod download && go install $TOOL && go install example.com/x@$VERSION
    `,
    `
    FROM golang:1.24
    COPY go.mod go.sum ./
    RUN go install example.com/tool
    `,
    `
    FROM golang:1.24
    RUN go install -mod=vendor example.com/tool
    `,
    `
    FROM golang:1.24
    WORKDIR /go/src/example.com/app
    ADD . .
    RUN go install example.com/app
    `,
    `
    FROM golang:1.24
    RUN --mount=target=. go install example.com/app
    `,
  ],
  found: [
    `
    FROM golang:1.24
    RUN go install golang.org/x/tools/cmd/stringer
                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "golang.org/x/tools/cmd/stringer" has no version
    RUN go get example.com/x@latest
               ~~~~~~~~~~~~~~~~~~~~ "example.com/x@latest" names no version
    `,
    `
    FROM golang:1.24
    RUN go run example.com/x@latest --flag && go get -tool example.com/y@none
               ~~~~~~~~~~~~~~~~~~~~ "example.com/x@latest" names no version
                                                           ~~~~~~~~~~~~~~~~~~ "example.com/y@none" names no version
    `,
    `
    FROM golang:1.24
    ARG TOOL=example.com/é/x
    run GOBIN=/bin go install -v -ldflags "-s" \\
      # the tool
      $TOOL
      ~~~~~ "example.com/é/x" has no version
    ONBUILD RUN go get -u github.com/x/y
                          ~~~~~~~~~~~~~~ "github.com/x/y" has no version
    `,
    `
    FROM golang:1.24
    RUN <<EOF
    cd /src && go install example.com/a@latest
                          ~~~~~~~~~~~~~~~~~~~~ "example.com/a@latest" names no version
    EOF
    RUN ["go", "install", "example.com/b@latest"]
                          ~~~~~~~~~~~~~~~~~~~~~~ "example.com/b@latest" names no version
    `,
  ],
});
