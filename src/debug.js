// A box in the page that says what is right and what is wrong with it, for the webmaster who asks for that (follow/debug.js). It is no part of
// what readers download.
import { show } from "./debug/box.js";
import { handOver } from "./embed/hand_over.js";

handOver({ show });
