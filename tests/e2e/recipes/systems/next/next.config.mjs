// The modules are linked here from a cache elsewhere.
export default { output: "export", turbopack: { root: "/" }, outputFileTracingRoot: "/" };
