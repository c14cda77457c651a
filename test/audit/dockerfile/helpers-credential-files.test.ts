import { expect, test } from "vitest";
import { credentialKind } from "../../../src/audit/dockerfile/helpers-credential-files.ts";

test.each([
  ".env",
  "config/.env.production",
  ".npmrc",
  "/root/.docker/config.json",
  ".kube/config",
  "id_ed25519",
  "tls/server.key",
  "server-key.pem",
  "credentials.json",
  "service_account.json",
  "prod.tfstate",
  "app.p12",
])("%s is a credential", (path) => {
  expect(credentialKind(path)).toBeDefined();
});

test.each([
  "",
  ".env.example",
  ".env.sample",
  "env",
  "id_rsa.pub",
  "ca.pem",
  "fullchain.pem",
  "server.crt",
  "docker.gpg.key",
  "config.json",
  "credentials.ts",
  "credentials.yml.enc",
  "truststore.jks",
  "public.key",
  "known_hosts",
  "src/key/index.js",
])("%s is none", (path) => {
  expect(credentialKind(path)).toBeUndefined();
});
