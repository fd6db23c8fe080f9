#!lua flags=allow-oom
-- Compares and swaps a flag; returns the value afterwards. KEYS: the flag. ARGV: expected value, new value (each empty
-- for no flag), and the expiry of the new one in milliseconds; 0: none.
local is = redis.call('get', KEYS[1]) or ''
if is ~= ARGV[1] and is ~= ARGV[2] then
  return is
end
if ARGV[2] == '' then
  redis.call('del', KEYS[1])
elseif ARGV[3] == '0' then
  redis.call('set', KEYS[1], ARGV[2])
else
  redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return ARGV[2]
