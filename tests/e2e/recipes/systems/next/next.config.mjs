// The modules are links into a cache outside this directory.
export default { output: "export", turbopack: { root: "/" }, outputFileTracingRoot: "/" };
