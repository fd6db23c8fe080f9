#!lua
-- Gives the lease of a record back, if it is still ours. KEYS: the record. ARGV: token.
if redis.call('hget', KEYS[1], 'lock') == ARGV[1] then
  redis.call('hdel', KEYS[1], 'lock', 'lease')
end
return 1
