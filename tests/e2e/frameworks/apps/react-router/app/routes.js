import { route } from "@react-router/dev/routes";

export default [
  route("a/:name", "routes/a.jsx"),
  route("k/:name", "routes/k.jsx"),
  route("t/:name", "routes/t.jsx"),
  route("daftar/:kind", "routes/daftar.jsx"),
];
