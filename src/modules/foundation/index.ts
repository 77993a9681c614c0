/**
 * The face that foundation shows to business modules; they import nothing else of it.
 *
 * Glossary. Job: a configured schedule and function. Occurrence: one instant of a schedule. Run: one attempt at an
 * occurrence, or a manual start; its record is an execution. Handler: the registered function. Claim: taking an
 * occurrence so that nobody else starts it. Misfire: an occurrence that nobody claimed in time.
 */
export {
  defineJob,
  type JobContext,
  type JobDefinition,
  type JobFunction,
  type JobLogger,
  type JobRegistry,
  type Json,
  type JsonObject,
} from './domain/job-definition.ts';
export { CarillonError, type FieldError, InvalidInputError } from './domain/errors.ts';
