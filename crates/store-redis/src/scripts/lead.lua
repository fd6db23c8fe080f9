#!lua
-- A key that has moved leads elsewhere from now on, or nowhere. KEYS: its record. ARGV: to which key; empty: nowhere.
if redis.call('hexists', KEYS[1], 'to') == 0 then
  return 0
end
if ARGV[1] == '' then
  redis.call('del', KEYS[1])
else
  redis.call('hset', KEYS[1], 'to', ARGV[1])
end
return 1
