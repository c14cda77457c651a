import {test} from "vitest"; test("x",(c)=>c.skip(process.env["TGUARD_DEBIAN_SKIP"] ?? "none"))
