/** Property tests ask the same questions in every run, so that a red run can be run again. `PROPERTY_SEED` asks others. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_123) });
