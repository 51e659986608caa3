/** The `threads` package has typings that its `exports` hide: see threads-api.ts for what is used of it. */
declare module "threads";
declare module "threads/worker";
