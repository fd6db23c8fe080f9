#!lua
-- Puts a notice in the place of another, if that is the one that hangs there: what hangs there afterwards. KEYS: where. ARGV: the one
-- and the other, each empty for none, and in how many milliseconds the new one goes by itself; 0: never.
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
