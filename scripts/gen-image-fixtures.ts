// Writes fixtures/images: tiny images whose bytes depend on nothing but this repository.
import { join } from "node:path";
import { fixtureFiles, writeFiles } from "../test/support/image-builder.ts";

writeFiles(join(import.meta.dirname, "../fixtures/images"), fixtureFiles());
