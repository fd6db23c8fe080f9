#!lua
-- Splits one bucket of a table of marks in two, so that each stays in the small encoding. KEYS: the record, the table's first
-- bucket, the one that is split, the new one. ARGV: how many buckets there are, and a token, if the lease is ours.
local record, first, from, to = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local buckets = tonumber(ARGV[1])
if tonumber(redis.call('hget', first, 'n') or '1') ~= buckets then
  return 0
end
local lock = redis.call('hget', record, 'lock')
if lock and lock ~= ARGV[2] then
  return 0
end
local power = 1
while power * 2 <= buckets do
  power = power * 2
end
local stay, go = {}, {}
local fields = redis.call('hgetall', from)
for i = 1, #fields, 2 do
  local field = fields[i]
  -- Shorter ones are the numbers of the table itself.
  local goes = #field == 16 and struct.unpack('>I4', field) % (2 * power) == buckets
  local list = goes and go or stay
  list[#list + 1] = field
  list[#list + 1] = fields[i + 1]
end
local lives = redis.call('pttl', from)
redis.call('del', from, to)
for key, list in pairs({ [from] = stay, [to] = go }) do
  for i = 1, #list, 1000 do
    redis.call('hset', key, unpack(list, i, math.min(i + 999, #list)))
  end
  if lives > 0 then
    redis.call('pexpire', key, lives)
  end
end
redis.call('hset', first, 'n', buckets + 1)
if lives > 0 then
  redis.call('pexpire', first, lives)
end
if redis.call('exists', record) == 1 then
  redis.call('hincrby', record, 'ver', 1)
end
return 1
