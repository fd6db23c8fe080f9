import "./globals.js";
import "idiomorph/htmx";
