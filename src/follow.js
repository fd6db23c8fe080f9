// What follows the page and its reader, in a file of its own, which comes beside the fragment: when an article was read, when an
// application of one page goes to another article, what a press is about by then, and the wasm.
import { handOver } from "./embed/hand_over.js";
import { keepPlaced } from "./follow/bare_tag.js";
import { near } from "./follow/charge.js";
import { dress } from "./follow/dress.js";
import { observe } from "./follow/page_changes.js";
import { follow } from "./follow/run.js";

handOver({ dress, follow, keepPlaced, near, observe });
