import rule from "../../../src/rules/dockerfile/install-without-lockfile.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY package.json package-lock.json ./
    RUN npm ci
    `,
    `
    FROM a:1
    COPY package*.json ./
    RUN npm install
    `,
    `
    FROM a:1
    COPY . .
    COPY package.json .
    RUN npm install
    `,
    `
    FROM a:1
    COPY package.json ./
    COPY yarn.lock ./
    RUN yarn install --frozen-lockfile
    `,
    `
    FROM a:1
    COPY package.json ./
    RUN npm install express
    RUN npm run build
    RUN npm install -g npm@11
    RUN --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci
    `,
    `
    FROM a:1
    COPY $FILES ./
    COPY package.json ./
    RUN npm install
    `,
    `
    FROM a:1
    COPY package.json Gemfile Gemfile.lock ./
    RUN bundle install
    RUN cargo install --locked ripgrep
    RUN cargo install --path .
    COPY app /app
    COPY Cargo.toml /app/
    RUN cargo build
    RUN yarn --version
    `,
  ],
  found: [
    `
    FROM a:1
    COPY package.json ./
         ------------ related: copied here
    RUN npm install
            ~~~~~~~ "package.json" is copied without "package-lock.json"
    `,
    `
    # ü
    FROM a:1 AS base
    COPY go.mod \\
         ------ related: copied here
      # note
      main.go ./
    FROM base
    run go mod download
           ~~~ "go.mod" is copied without "go.sum"
    COPY ["composer.json", "./"]
          --------------- related: copied here
    ONBUILD RUN composer install --no-dev
                         ~~~~~~~ "composer.json" is copied without "composer.lock"
    RUN <<EOF
    composer update
             ~~~~~~ "composer update" ignores the lock file
    cargo install ripgrep
          ~~~~~~~ "cargo install" ignores the lock file of the package
    EOF
    RUN pnpm install --no-frozen-lockfile
                     ~~~~~~~~~~~~~~~~~~~~ "--no-frozen-lockfile" leaves the lock file out
    RUN ["yarn", "install", "--no-lockfile"]
                            ~~~~~~~~~~~~~~~ "--no-lockfile" leaves the lock file out
    `,
    `
    FROM a:1
    COPY app/pyproject.toml app/
         ------------------ related: copied here
         ------------------ related: copied here
    RUN cd app && uv sync && poetry install
                  ~~ "app/pyproject.toml" is copied without "uv.lock"
                             ~~~~~~ "app/pyproject.toml" is copied without "poetry.lock"
    COPY Gemfile .
         ------- related: copied here
    RUN bundle install
               ~~~~~~~ "Gemfile" is copied without "Gemfile.lock"
    RUN yarn
    COPY package.json .
         ------------ related: copied here
    RUN yarn
        ~~~~ "package.json" is copied without "yarn.lock"
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      COPY . .
      RUN pnpm install --no-frozen-lockfile --prod
      RUN cargo install ripgrep fd-find
      `,
      after: `
      FROM a:1
      COPY . .
      RUN pnpm install --prod
      RUN cargo install --locked ripgrep fd-find
      `,
    },
  ],
  withContext: [
    {
      context: { "package.json": "{}", "package-lock.json": "{}" },
      clean: [
        `
        FROM a:1
        COPY . .
        RUN npm install
        `,
        `
        FROM a:1
        COPY package*.json .
        RUN npm install
        `,
      ],
    },
    {
      context: { "package.json": "{}", "app/package.json": "{}" },
      found: [
        `
        FROM a:1
        COPY . .
             - related: copied here
        RUN npm install
                ~~~~~~~ "." is copied without "package-lock.json"
        `,
        `
        FROM a:1
        COPY package*.json .
             ------------- related: copied here
        RUN npm ci
                ~~ "package*.json" is copied without "package-lock.json"
        `,
        `
        FROM a:1
        COPY app /app
             --- related: copied here
        RUN cd /app && yarn
                       ~~~~ "app" is copied without "yarn.lock"
        `,
      ],
    },
    {
      context: { "package.json": "{}", "yarn.lock": "", ".dockerignore": "*.lock" },
      found: [
        `
        FROM a:1
        COPY . .
             - related: copied here
        RUN yarn
            ~~~~ "." is copied without "yarn.lock"
        `,
      ],
    },
  ],
});
