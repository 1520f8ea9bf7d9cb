const { TestEnvironment } = require("jest-environment-node");

/** For a machine that is slow by nature: gives every test and hook so many times the time that it asks for (testEnvironmentOptions.patience). */
class PatientEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.patience = config.projectConfig.testEnvironmentOptions.patience;
  }

  handleTestEvent({ name }, state) {
    if (name !== "run_start") return;
    state.testTimeout *= this.patience;
    this.stretch(state.rootDescribeBlock);
  }

  stretch({ hooks, children }) {
    for (const each of [...hooks, ...children]) {
      if (each.type === "describeBlock") this.stretch(each);
      else if (each.timeout !== undefined) each.timeout *= this.patience;
    }
  }
}

module.exports = PatientEnvironment;
