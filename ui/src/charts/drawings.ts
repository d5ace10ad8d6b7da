/** The pictures of a leaderboard: a chunk of its own, loaded when one is to be drawn. */
export { forest } from "./forest";
export { tradeoff } from "./tradeoff";
