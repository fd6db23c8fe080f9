#!lua
-- Records that an article is in its site's list, unless it was replaced by another. KEYS: the record. ARGV: its id.
if redis.call('hget', KEYS[1], 'id') == ARGV[1] then
  redis.call('hset', KEYS[1], 'listed', 1)
end
return 1
