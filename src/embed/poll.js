// The reader's choice in the poll as the endpoint draws it. It is kept as the widget keeps it, which goes on from there; follow/poll.js sends it.

/** @type {(run: { kept: Kept, article: string }) => Choice} */
export const mine = ({ kept, article }) => kept.read(`mine:${article}`);

// The reader's own option is the pressed one.
/** @type {(run: Run) => void} */
export const press = (run) => {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (run.drawn.root.querySelectorAll("[name=reaction]"))) {
    button.setAttribute("aria-pressed", /** @type {any} */ (button.value === mine(run).reaction));
  }
};

// They choose that option, or take it back.
/** @type {(run: Chooser, option: string | undefined) => string | null | undefined} */
export const choose = (run, option) => {
  const { reaction, before, seq = 0, sent } = mine(run);
  const chosen = reaction === option ? null : option;
  run.kept.visitor();
  run.kept.write(`mine:${run.article}`, {
    reaction: chosen,
    seq: Math.min(Math.max(Date.now(), seq + 1), Number.MAX_SAFE_INTEGER),
    before: sent ? reaction : before,
    sent: false,
  });
  if (run.notice) run.notice("");
  return chosen;
};
