// A finding. Names and levels are the same as those of `gema doctor`.

const of = (level) => (id, wrong, write) => ({ id, level, wrong, write });

export const error = of("ERROR");
export const warning = of("WARNING");
export const note = of("NOTE");
