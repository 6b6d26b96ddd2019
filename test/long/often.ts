/**
 * How often a test tries what chance decides (kills, random histories, fuzzed bytes): as often as a run before each change has
 * time for, or, in `npm run test:long`, as often as is worth an hour.
 */
export const often = (usual: number, long: number): number => (process.env.LONG === '1' ? long : usual)
