import rule from "../../../src/rules/dockerfile/lock-files-copied-for-install.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY . .
    RUN bundle install
    `,
    `
    FROM a:1
    COPY Gemfile app.rb ./
    RUN bundle install
    `,
    `
    FROM a:1
    COPY Gemfile ./
    RUN x
    `,
    `
    FROM a:1
    COPY --from=b /Gemfile ./
    RUN bundle install
    `,
    `
    FROM a:1
    COPY Gemfile ./
    FROM b:1
    RUN bundle install
    `,
  ],
  found: [
    `
    FROM a:1
    COPY Gemfile Gemfile.lock ./
    ~~~~ only "bundle" in the next RUN needs these files
    RUN bundle install
    `,
    `
    FROM a:1
    copy api/package*.json \\
    ~~~~ only "npm" in the next RUN needs these files
      # é
      ./
    RUN --mount=type=cache,target=/c yarn install --frozen-lockfile
    COPY go.mod go.sum ./
    ~~~~ only "go" in the next RUN needs these files
    RUN go mod download
    `,
    `
    FROM a:1
    COPY requirements.txt /tmp/
    ~~~~ only "pip" in the next RUN needs these files
    RUN <<EOF
    pip install -r /tmp/requirements.txt
    EOF
    `,
  ],
});
