#!lua flags=allow-oom
-- Changes the target of an alias, or removes it. KEYS: its record. ARGV: the new target; empty: remove.
if redis.call('hexists', KEYS[1], 'to') == 0 then
  return 0
end
if ARGV[1] == '' then
  redis.call('del', KEYS[1])
else
  redis.call('hset', KEYS[1], 'to', ARGV[1])
end
return 1
