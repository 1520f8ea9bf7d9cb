import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as official from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import fc from "fast-check";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { decode, encode } from "../../provider/doors/pulumi/codec";
import * as messages from "../../provider/doors/pulumi/messages";
import { UNKNOWN } from "../../provider/schema/field";

/** Compares our own reading and writing of messages with Pulumi's generated classes. */
const bytes = (message: { serializeBinary(): Uint8Array }) => Buffer.from(message.serializeBinary());

// The generated classes lose a key of this name; a test below checks that we keep it.
const key = fc.string().filter((text) => text !== "__proto__");
const leaf = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ minLength: 120, maxLength: 300 }),
  fc.double({ noNaN: true }),
  fc.boolean(),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 5 }), fc.dictionary(key, tie("value"), { maxKeys: 5 })),
})).value;
const values = fc.dictionary(key, value, { maxKeys: 6 }) as fc.Arbitrary<Record<string, JavaScriptValue>>;
/** google-protobuf writes numbers with -0 as 0 and keeps null prototypes; JSON is what both mean. */
const json = (from: unknown) => JSON.parse(JSON.stringify(from));

describe("property values", () => {
  test("csp reads what Pulumi's classes write", () => {
    fc.assert(
      fc.property(values, (from) => {
        expect(json(decode(bytes(Struct.fromJavaScript(from))).values)).toEqual(json(from));
      }),
    );
  });

  test("Pulumi's classes read what csp writes", () => {
    fc.assert(
      fc.property(values, (from) => {
        expect(json(Struct.deserializeBinary(encode(from, undefined)).toJavaScript())).toEqual(json(from));
      }),
    );
  });

  const SIGNATURE = "4dabf18193072939515e22adb298388d";
  const secret = (inner: JavaScriptValue) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: inner });
  const read = (from: Record<string, JavaScriptValue>) => decode(bytes(Struct.fromJavaScript(from)));

  test("secrets are unwrapped, their places are remembered, and they are wrapped again", () => {
    const from = { user: "root", list: ["x", { password: secret("hunter2") }], all: secret({ a: secret("b") }) };
    const decoded = read(from);
    expect(decoded.values).toEqual({ user: "root", list: ["x", { password: "hunter2" }], all: { a: "b" } });
    expect(Struct.deserializeBinary(encode(decoded.values, decoded.secrets)).toJavaScript()).toEqual({ ...from, all: secret({ a: "b" }) });
  });

  test("an unknown value is UNKNOWN in both directions", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const decoded = read({
      a: unknown,
      b: ["1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"],
      c: { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", secret: true },
    });
    expect(decoded.values).toEqual({ a: UNKNOWN, b: [UNKNOWN], c: UNKNOWN });
    expect(decoded.secrets).toEqual(new Map([["c", true]]));
    expect(Struct.deserializeBinary(encode({ a: UNKNOWN }, undefined)).toJavaScript()).toEqual({ a: unknown });
  });

  test("assets are refused", () => {
    expect(() => read({ a: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "x" } })).toThrow(/asset or archive/);
  });

  test("a key called __proto__ is a key", () => {
    expect(Object.keys(decode(encode(JSON.parse('{"__proto__":"x"}'), undefined)).values)).toEqual(["__proto__"]);
  });
});

describe("messages", () => {
  test("requests", () => {
    const update = new official.UpdateRequest();
    update.setId("id");
    update.setUrn("urn");
    update.setOlds(Struct.fromJavaScript({ a: 1 }));
    update.setNews(Struct.fromJavaScript({ b: "2" }));
    update.setTimeout(1.5);
    update.setIgnorechangesList(["x", "y"]);
    update.setPreview(true);
    update.setOldInputs(Struct.fromJavaScript({ c: true }));
    update.setResourceStatusToken("not read");
    const { olds, news, oldInputs, ...rest } = messages.updateRequest(bytes(update));
    expect(rest).toEqual({ id: "id", urn: "urn", timeout: 1.5, ignoreChanges: ["x", "y"], preview: true });
    expect([olds, news, oldInputs].map((struct) => decode(struct).values)).toEqual([{ a: 1 }, { b: "2" }, { c: true }]);

    const configure = new official.ConfigureRequest();
    configure.getVariablesMap().set("csp:hosts", "{}");
    configure.setAcceptsecrets(true);
    expect(messages.configureRequest(bytes(configure)).variables).toEqual(new Map([["csp:hosts", "{}"]]));
    expect(messages.createRequest(Buffer.alloc(0))).toEqual({ urn: "", properties: undefined, timeout: 0, preview: false });
  });

  test("answers", () => {
    const diff = official.DiffResponse.deserializeBinary(
      messages.diffResponse({
        replaces: ["host"],
        deleteBeforeReplace: true,
        diffs: ["host", "rules"],
        detailed: [
          { path: "rules[0]", kind: "add" },
          { path: "host", kind: "updateReplace" },
        ],
      }),
    );
    expect(diff.toObject()).toMatchObject({
      replacesList: ["host"],
      deletebeforereplace: true,
      changes: official.DiffResponse.DiffChanges.DIFF_SOME,
      diffsList: ["host", "rules"],
      detaileddiffMap: [
        ["host", { kind: official.PropertyDiff.Kind.UPDATE_REPLACE, inputdiff: true }],
        ["rules[0]", { kind: official.PropertyDiff.Kind.ADD, inputdiff: true }],
      ],
      hasdetaileddiff: true,
    });
    const check = official.CheckResponse.deserializeBinary(
      messages.checkResponse({ inputs: encode({ a: 1 }, undefined), failures: [{ property: "", reason: "r".repeat(300) }] }),
    );
    expect(check.getInputs()?.toJavaScript()).toEqual({ a: 1 });
    expect(check.getFailuresList().map((failure) => failure.getReason())).toEqual(["r".repeat(300)]);
    const read = official.ReadResponse.deserializeBinary(
      messages.readResponse({
        id: "x",
        inputs: encode({ a: 1 }, undefined),
        properties: encode({ b: 1 }, undefined),
        refreshBeforeUpdate: true,
      }),
    );
    expect([read.getId(), read.getInputs()?.toJavaScript(), read.getProperties()?.toJavaScript(), read.getRefreshBeforeUpdate()]).toEqual([
      "x",
      { a: 1 },
      { b: 1 },
      true,
    ]);
    const log = LogRequest.deserializeBinary(messages.logRequest({ severity: "warning", message: "m", urn: "u", ephemeral: true }));
    expect(log.toObject()).toEqual({ severity: 2, message: "m", urn: "u", streamid: 0, ephemeral: true });
  });

  test("a partial create", () => {
    const status = Status.deserializeBinary(
      messages.initFailedStatus(2, "half", {
        id: "x",
        properties: encode({ a: 1 }, undefined),
        inputs: encode({ b: 1 }, undefined),
        reasons: ["half"],
        refreshBeforeUpdate: true,
      }),
    );
    const [detail] = status.getDetailsList();
    expect(detail?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
    const failed = detail?.unpack(official.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    expect([
      failed?.getId(),
      failed?.getProperties()?.toJavaScript(),
      failed?.getInputs()?.toJavaScript(),
      failed?.getReasonsList(),
    ]).toEqual(["x", { a: 1 }, { b: 1 }, ["half"]]);
  });
});
