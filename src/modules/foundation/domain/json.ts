/** What JSON can carry: the form of arguments, results and details wherever they are stored or shown. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
