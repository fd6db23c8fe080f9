// The follower: detects reads, navigations of single-page applications and presses, and loads the wasm. A separate file,
// loaded in parallel with the fragment.
import { handOver } from "./embed/hand_over.js";
import { keepPlaced } from "./follow/bare_tag.js";
import { near } from "./follow/charge.js";
import { dress } from "./follow/dress.js";
import { observe } from "./follow/page_changes.js";
import { follow } from "./follow/run.js";

handOver({ dress, follow, keepPlaced, near, observe });
