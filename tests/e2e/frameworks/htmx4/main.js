import "htmx4";
