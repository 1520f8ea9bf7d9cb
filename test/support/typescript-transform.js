const typescript = require("typescript");

/**
 * Compiles sdk/ for jest. Its index files define exports a second time, lazily, which works on what TypeScript emits and not on swc's
 * read-only exports.
 */
module.exports = {
  process(source, fileName) {
    const { ModuleKind, ScriptTarget } = typescript;
    const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true, inlineSourceMap: true };
    return { code: typescript.transpileModule(source, { fileName, compilerOptions }).outputText };
  },
};
