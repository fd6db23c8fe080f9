#!lua
-- Notes that an article is in the list of its site, if it is still that one. KEYS: the record. ARGV: its id.
if redis.call('hget', KEYS[1], 'id') == ARGV[1] then
  redis.call('hset', KEYS[1], 'listed', 1)
end
return 1
