/** Tests are compiled by tsc beforehand, so that Jest and the workers run the same files. */
export default {
  roots: ["<rootDir>/packages"],
  testMatch: ["**/dist-test/**/*.test.js"],
  testEnvironment: "node",
  transform: {},
  testTimeout: 30_000,
};
