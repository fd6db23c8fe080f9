// The follower: detects reads, navigations of single-page applications and presses, and loads the wasm. A separate file,
// loaded in parallel with the fragment.
import { handOver } from "./embed/hand_over.js";
import { start } from "./follow/start.js";

handOver(start);
