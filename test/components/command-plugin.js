// A stand-in for the plugin of @pulumi/command, which is a download: it runs nothing, and writes down what it was to run. It decides as the
// real one does (pulumi-command, provider/pkg/provider/remote/commandController.go, common/inputs.go): any change of an input is an update,
// a change of a trigger a replacement, and an update runs `update`, or else `create`.
const { appendFileSync } = require("node:fs");
const { isDeepStrictEqual } = require("node:util");
const { main } = require("@pulumi/pulumi/provider");

const SECRET = "4dabf18193072939515e22adb298388d";

/** A property's value without the engine's marks of secrecy. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

module.exports = (version, journal) => {
  const run = (urn, command, inputs) => {
    const { connection, stdin } = plain(inputs);
    appendFileSync(journal, `${JSON.stringify({ name: urn.split("::").pop(), command: plain(command), connection, stdin })}\n`);
    return { ...inputs, stdout: `ran ${plain(command)}`, stderr: "" };
  };
  const provider = {
    version,
    async check(_urn, _olds, news) {
      return { inputs: { addPreviousOutputInEnv: true, ...news } };
    },
    async diff(_id, _urn, olds, news) {
      const changed = Object.keys({ ...olds, ...news }).filter(
        (key) => key !== "stdout" && key !== "stderr" && !isDeepStrictEqual(plain(olds[key]), plain(news[key])),
      );
      return { changes: changed.length > 0, replaces: changed.filter((key) => key === "triggers") };
    },
    async create(urn, inputs) {
      return { id: "0123", outs: run(urn, inputs.create, inputs) };
    },
    async update(_id, urn, _olds, news) {
      return { outs: run(urn, news.update ?? news.create, news) };
    },
    async delete(_id, urn, props) {
      if (props.delete !== undefined) run(urn, props.delete, props);
    },
  };
  return main(provider, process.argv.slice(2));
};
