vcl 4.1;

# Varnish 6 or newer in front of gema. With it, in gema.toml: trusted_proxies = ["127.0.0.1"]
# TLS is terminated in front of Varnish (by hitch, HAProxy, nginx's stream) with the PROXY protocol (varnishd -a
# 127.0.0.1:6086,PROXY); otherwise Varnish does not get the reader's address. Keep varnishncsa off: its log would
# contain readers' addresses.

backend gema {
    .host = "127.0.0.1";
    .port = "8787";
    # Live counts send a line every 25 seconds.
    .first_byte_timeout = 60s;
    .between_bytes_timeout = 60s;
}

sub vcl_recv {
    # Replaces the forwarding headers that the client has sent.
    set req.http.X-Forwarded-For = client.ip;
    unset req.http.Forwarded;
    unset req.http.X-Forwarded-Prefix;
    set req.http.X-Forwarded-Proto = "https";

    # Below a path of a newspaper's own server, https://news.example/gema/: this, and the headers above.
    if (req.url ~ "^/gema/") {
        set req.http.X-Forwarded-Prefix = "/gema";
        set req.url = regsub(req.url, "^/gema/", "/");
    }

    # Do not cache the page with the tag, which depends on the headers above, nor live counts, which do not end.
    if (req.url == "/" || req.url ~ "^/v1/sites/[^/]+/live\?") {
        return (pass);
    }
    # No response depends on a cookie.
    unset req.http.Cookie;
}
