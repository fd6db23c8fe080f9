// The debug box: lists the page's errors and state for a webmaster who requests it (follow/debug.js). Readers do not
// download this file.
import { show } from "./debug/box.js";
import { handOver } from "./embed/hand_over.js";

handOver({ show });
