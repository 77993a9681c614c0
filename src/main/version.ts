/** The version that instances and `/openapi.json` report. `package.json` carries the same; a test holds the two together. */
export const VERSION = '0.1.0';
