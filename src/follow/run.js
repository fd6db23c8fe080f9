// Starts everything that accompanies one run of an element.
import { charge } from "./charge.js";
import { keepCopy } from "./copy.js";
import { follows } from "./debug.js";
import { moveBelow } from "./emptied.js";
import { plain, script } from "./loader.js";
import { tellChoices } from "./notice.js";
import { sendChoices } from "./poll.js";
import { post } from "./post.js";
import { guard } from "./press.js";
import { countRead } from "./read.js";
import { offerShareSheet } from "./share_sheet.js";
import { tell } from "./told.js";

/** @type {Follow["follow"]} */
export const follow = (element) => {
  const { fragment, run } = element;
  /** @type {FollowHost} */
  const host = plain(element, {
    // Requests the endpoint's current markup; `undefined` if it fails.
    draws: () => fragment(run, () => false).catch(() => {}),
    post: (/** @type {object} */ batch) => post(run, batch),
    script,
  });
  moveBelow(host);
  guard(host);
  offerShareSheet(host);
  tellChoices(host);
  sendChoices(host);
  countRead(host);
  keepCopy(host);
  tell(host);
  charge(host);
  follows(host);
};
