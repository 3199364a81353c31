import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readAccess, TOKEN_VARIABLE } from "../../../src/engine/remote/access.js";
import { serverAddresses } from "../../../src/engine/remote/server-address.js";
import { temporaryFolder } from "../../support/temporary.js";

test("the model, its version and a path before them are read from URLs", () => {
  const urls = [
    "https://gpu1.example.org",
    " http://127.0.0.1:8000/",
    "https://gpu2.example.org/serving/v2/models/my%20defcon/versions/3",
    "https://gpu3.example.org/v2/models/other/",
    "https://gpu4.example.org/a/b/v2",
  ];
  assert.deepEqual(serverAddresses(urls.join(",")), [
    { base: "https://gpu1.example.org" },
    { base: "http://127.0.0.1:8000" },
    { base: "https://gpu2.example.org/serving", model: "my defcon", version: "3" },
    { base: "https://gpu3.example.org", model: "other" },
    { base: "https://gpu4.example.org/a/b" },
  ]);
});

test("what is no server's URL is refused, and a password in it is not repeated", () => {
  for (const [urls, found] of [
    ["https://", /Invalid URL/],
    ["https://a,", /an empty one/],
    ["https://a,ftp://b", /ftp:/],
    ["https://a?x=1", /\?x=1/],
    ["https://a#x", /#x/],
    ["https://a,https://a/", /https:\/\/a twice/],
    [Array.from({ length: 65 }, (_, i) => `https://h${i}`).join(","), /at most 64/],
    ["https://me:secret@a", /`engineToken`/],
  ] as const) {
    assert.throws(
      () => serverAddresses(urls),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "INPUT_OPTION");
        assert.match(error.message, found);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});

test("a token is read from its file or the environment, and not sent in the clear", async (context) => {
  const folder = temporaryFolder(context);
  const file = (text: string) => {
    const path = join(folder, "token");
    writeFileSync(path, text);
    return path;
  };
  const far = serverAddresses("https://gpu.example.org,http://localhost:1,http://127.0.0.1:2,http://[::1]:3");
  assert.deepEqual(await readAccess({ engineToken: file("abc.def-1=\n") }, far), { token: "abc.def-1=" });
  await assert.rejects(readAccess({ engineToken: file("abc") }, serverAddresses("http://gpu.example.org")), {
    code: "INPUT_OPTION",
    message: /http:\/\/gpu.example.org: expected https where a token is sent/,
  });
  for (const text of ["", "two words", "a\nb", "é"]) {
    await assert.rejects(readAccess({ engineToken: file(text) }, far), { code: "INPUT_FORMAT" });
  }
  await assert.rejects(readAccess({ engineToken: join(folder, "none") }, far), { code: "INPUT_NOT_FOUND" });
  process.env[TOKEN_VARIABLE] = "from-the-environment";
  context.after(() => delete process.env[TOKEN_VARIABLE]);
  assert.deepEqual(await readAccess({}, far), { token: "from-the-environment" });
});

test("a file of certificates must hold some", async (context) => {
  const path = join(temporaryFolder(context), "ca.pem");
  writeFileSync(path, "-----BEGIN PRIVATE KEY-----");
  await assert.rejects(readAccess({ engineCa: path }, serverAddresses("https://a")), {
    code: "INPUT_FORMAT",
    message: /BEGIN CERTIFICATE/,
  });
});
