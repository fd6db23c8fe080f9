// The poll as the endpoint draws it: a form, sent here, because only here it is known who reacts. The choice is kept as the
// widget keeps it, which goes on from there.
import { at, isLater, pause, request } from "./endpoint.js";
import { answered } from "./fragment.js";

const mine = ({ kept, article }) => kept.read(`mine:${article}`);
const keep = ({ kept, article }, choice) => kept.write(`mine:${article}`, choice);

// The reader's own option is the pressed one.
export const press = (run) => {
  for (const button of run.drawn.root.querySelectorAll("[name=reaction]")) {
    button.setAttribute("aria-pressed", button.value === mine(run).reaction);
  }
};

// She chooses that option, or takes it back.
export const choose = (run, option) => {
  const { reaction, before, seq = 0, sent } = mine(run);
  const chosen = reaction === option ? null : option;
  run.kept.visitor();
  keep(run, { reaction: chosen, seq: Math.max(Date.now(), seq + 1), before: sent ? reaction : before, sent: false });
  return chosen;
};

// Sends what is unsent, until it is answered, as long as `still` says so: what the endpoint draws then.
export const send = async (run, still) => {
  for (let choice; (choice = mine(run)).sent === false && still(); ) {
    const { reaction, seq, before } = choice;
    const form = { ...run.asked(), visitor: run.kept.visitor(), reaction: reaction ?? "", seq };
    const answer = await request(at(run, "reaction"), true, new URLSearchParams(form));
    if (isLater(answer)) await pause((answer.retry || 10) * 1000);
    // She may have chosen again meanwhile: that comes next.
    else if (mine(run).seq === seq) {
      const drawn = answered(answer);
      const tally = drawn?.view.tally;
      const has = tally?.mine ?? { reaction: before, seq };
      keep(run, { ...has, before: has.reaction, sent: true });
      run.kept.tally(tally);
      return drawn;
    }
  }
};
