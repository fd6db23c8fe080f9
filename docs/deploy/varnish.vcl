vcl 4.1;

# Varnish 6 or newer in front of gema. With it, in gema.toml: trusted_proxies = ["127.0.0.1"]
# TLS is of the one in front of Varnish (hitch, HAProxy, nginx's stream), which must speak the PROXY protocol to it
# (varnishd -a 127.0.0.1:6086,PROXY): only so does Varnish know the reader's address. Keep varnishncsa off: it would write them down.

backend gema {
    .host = "127.0.0.1";
    .port = "8787";
    # Live counts send a line every 25 seconds.
    .first_byte_timeout = 60s;
    .between_bytes_timeout = 60s;
}

sub vcl_recv {
    # What a reader's program says of itself is not passed on.
    set req.http.X-Forwarded-For = client.ip;
    unset req.http.Forwarded;
    unset req.http.X-Forwarded-Prefix;
    set req.http.X-Forwarded-Proto = "https";

    # Below a path of a newspaper's own server, https://news.example/gema/: this, and the headers above.
    if (req.url ~ "^/gema/") {
        set req.http.X-Forwarded-Prefix = "/gema";
        set req.url = regsub(req.url, "^/gema/", "/");
    }

    # The page with the tag to copy depends on the headers above; live counts have no end.
    if (req.url == "/" || req.url ~ "^/v1/sites/[^/]+/live\?") {
        return (pass);
    }
    # No answer depends on a cookie.
    unset req.http.Cookie;
}
