/** Compiled beforehand (`npm run site`), like all that runs here; see docs/site/config.ts. */
export { config as default } from "../dist/site/config.js";
