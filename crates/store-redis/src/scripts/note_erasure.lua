#!lua flags=allow-oom
-- Notes that files must be rewritten. KEYS: the flag. ARGV: its new value.
redis.call('set', KEYS[1], ARGV[1])
return 1
