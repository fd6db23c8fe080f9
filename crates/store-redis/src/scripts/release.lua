#!lua flags=allow-oom
-- Releases the lease of a record, if the caller still holds it. KEYS: the record. ARGV: token.
if redis.call('hget', KEYS[1], 'lock') == ARGV[1] then
  redis.call('hdel', KEYS[1], 'lock', 'lease')
end
return 1
