// What follows the page and its reader, in a file of its own, which comes beside the fragment: when an article was read, when an
// application of one page goes to another article, and what a press is about by then.
import { keepPlaced } from "./follow/bare_tag.js";
import { keepCopy } from "./follow/copy.js";
import { moveBelow } from "./follow/emptied.js";
import { tellChoices } from "./follow/notice.js";
import { observe } from "./follow/page_changes.js";
import { guard } from "./follow/press.js";
import { countRead } from "./follow/read.js";
import { offerShareSheet } from "./follow/share_sheet.js";
import { tell } from "./follow/told.js";

export { keepPlaced, observe };

// Follows one run of an element, until another one begins.
export const follow = (host) => {
  moveBelow(host);
  guard(host);
  offerShareSheet(host);
  tellChoices(host);
  countRead(host);
  keepCopy(host);
  tell(host);
};
