/** The pictures of leaderboards and reports: a chunk of its own, loaded when one is to be drawn. */
export { forest } from "./forest";
export { reactions } from "./reactions";
export { tradeoff } from "./tradeoff";
