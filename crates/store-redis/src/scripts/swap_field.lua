#!lua flags=allow-oom
-- Compares and swaps a field of a hash; returns the value afterwards. KEYS: the hash. ARGV: the field, the expected value
-- and the new one (each empty for no field).
local is = redis.call('hget', KEYS[1], ARGV[1]) or ''
if is ~= ARGV[2] and is ~= ARGV[3] then
  return is
end
if ARGV[3] == '' then
  redis.call('hdel', KEYS[1], ARGV[1])
else
  redis.call('hset', KEYS[1], ARGV[1], ARGV[3])
end
return ARGV[3]
