import Alpine from "alpinejs";
import morph from "@alpinejs/morph";
import { goInPlace } from "../in-place.js";

Alpine.plugin(morph);
Alpine.start();
goInPlace((main, html) => Alpine.morph(main, html));
