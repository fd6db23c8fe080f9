#!lua
-- Counts the new events of one article. Writes nothing if the caller's view of the article is stale or the article is locked.
-- KEYS: the record, its days, the hours of the day, then buckets of marks. ARGV: in the order in which events/script_args.rs writes them.
local record, days, hours = KEYS[1], KEYS[2], KEYS[3]
local at = 0
local function take()
  at = at + 1
  return ARGV[at]
end
local function number()
  return tonumber(take())
end

local id, shape, fresh, names, day, voted, ttl, several = take(), take(), take(), take(), take(), take(), take(), take()
local hour, hours_ttl = take(), take()
local known = redis.call('hmget', record, 'id', 'shape', 'to', 'lock', 'lease', 'intent', 'own', voted)
if known[3] then
  return { 'moved', known[3] }
end
if known[4] or known[6] then
  local time = redis.call('time')
  local left = tonumber(known[5] or 0) - (time[1] * 1000 + math.floor(time[2] / 1000))
  if left > 0 or known[6] then
    return { 'locked', left }
  end
end
local is_stale = (known[1] or '') ~= id or (known[2] or '0') ~= shape

-- Tables of marks: the first bucket also stores the number of buckets (n) and of marks (c).
local tables, buckets = {}, {}
for i = 1, number() do
  tables[i] = { key = KEYS[number()], added = 0 }
  buckets[i] = redis.call('hget', tables[i].key, 'n') or '1'
  is_stale = is_stale or buckets[i] ~= take()
end
if is_stale then
  return { 'stale', redis.call('hgetall', record), buckets }
end
if known[4] then
  -- The lease has expired: remove it, so that its holder cannot commit what it computed from older counts.
  redis.call('hdel', record, 'lock', 'lease')
end

local marks = {}
for i = 1, number() do
  local mark, key = take(), KEYS[number()]
  local value = redis.call('hget', key, mark)
  marks[i] = { mark = mark, key = key, value = value }
end

local function seq_of(value)
  return struct.unpack('>I7', value)
end

local changes, risen, written = {}, 0, false
local function add(metric, change)
  changes[metric] = (changes[metric] or 0) + change
end

local function count_once()
  local metric, besides, seen_in, found = take(), take(), tables[number()], false
  local first, first_key
  for i = 1, number() do
    local digest, key = take(), KEYS[number()]
    if i == 1 then
      first, first_key = digest, key
    end
    found = found or redis.call('hexists', key, digest) == 1
  end
  if found then
    return false
  end
  redis.call('hset', first_key, first, '')
  redis.call('expire', first_key, ttl, 'NX')
  seen_in.added = seen_in.added + 1
  add(metric, 1)
  if besides ~= '' then
    add(besides, 1)
  end
  risen = risen + 1
  return true
end

local function choose()
  local option, seq, besides = take(), number(), take()
  local rows = {}
  for _, row in ipairs(marks) do
    if row.value then
      if seq_of(row.value) >= seq then
        return false
      end
      rows[#rows + 1] = row
    end
  end
  if #rows == 0 then
    rows[1] = marks[1]
    tables[1].added = tables[1].added + 1
    if besides ~= '' then
      add(besides, 1)
    end
  end
  local old, packed = {}, struct.pack('>I7', seq)
  for i, row in ipairs(rows) do
    if row.value and #row.value > 7 then
      old[#old + 1] = string.sub(row.value, 8)
    end
    row.value = packed .. (i == 1 and option or '')
    redis.call('hset', row.key, row.mark, row.value)
  end
  if rows[1] == marks[1] then
    known[8] = known[8] or 'new'
  end
  local is_same = (#old == 0 and option == '') or (#old == 1 and old[1] == option)
  if not is_same then
    for _, one in ipairs(old) do
      add('reaction:' .. one, -1)
    end
    if option ~= '' then
      add('reaction:' .. option, 1)
    end
    risen = risen + 1
  end
  return true
end

local outcomes = {}
for i = 1, number() do
  local counted
  if take() == 'once' then
    counted = count_once()
  else
    counted = choose()
  end
  outcomes[i] = counted and 1 or 0
  written = written or counted
end

if written then
  if id == '' then
    id = fresh
    redis.call('hset', record, 'id', id, 'rev', 0, 'shape', 0, 'created', day, 'names', names)
  end
  if several ~= '' then
    -- Until the tenth event, and unless the newsroom has submitted it, the article's creation day is the latest day.
    local fields, events = redis.call('hgetall', record), 0
    for i = 1, #fields, 2 do
      local kind, metric = string.match(fields[i], '^(%a:)(%a+)')
      -- Other metrics tell how readers came, and count some events a second time.
      if kind == 'c:' and (fields[i] == 'c:reads' or metric == 'reaction' or metric == 'share') then
        events = events + tonumber(fields[i + 1])
      elseif fields[i] == 'put' or fields[i] == 'published' or (kind == 'i:' and fields[i + 1] ~= '0') then
        events = tonumber(several)
        break
      end
    end
    if events < tonumber(several) and tonumber(redis.call('hget', record, 'created')) < tonumber(day) then
      redis.call('hset', record, 'created', day)
    end
  end
  for metric, change in pairs(changes) do
    redis.call('hincrby', record, 'c:' .. metric, change)
    if change ~= 0 and redis.call('hincrby', days, day .. '::' .. metric, change) == 0 then
      redis.call('hdel', days, day .. '::' .. metric)
    end
    -- A field of a known hour: the rest of a day is what its hours lack.
    if hour ~= '' and change ~= 0 and redis.call('hincrby', hours, hour .. ':' .. metric, change) == 0 then
      redis.call('hdel', hours, hour .. ':' .. metric)
    end
  end
  local is_own = next(changes) ~= nil
  if hours_ttl ~= '' then
    redis.call('expire', hours, hours_ttl, 'NX')
  end
  if known[8] == 'new' then
    redis.call('hset', record, voted, 1)
    is_own = is_own or voted == 'voted'
  end
  if is_own and not known[7] then
    redis.call('hset', record, 'own', 1)
  end
  if risen > 0 then
    redis.call('hincrby', record, 'rev', risen)
  end
  redis.call('hincrby', record, 'ver', 1)
elseif id ~= '' then
  -- WAIT covers only writes of its own connection: write something, so that it also covers the earlier write of a repeated event.
  redis.call('hset', record, 'id', id)
end

local sizes = {}
for i, one in ipairs(tables) do
  local marks_now = redis.call('hget', one.key, 'c') or '0'
  if one.added > 0 then
    marks_now = redis.call('hincrby', one.key, 'c', one.added)
    if i > 1 or voted == '' then
      redis.call('expire', one.key, ttl, 'NX')
    end
  end
  sizes[i] = { one.added, tonumber(marks_now) }
end
local mine = {}
for i, row in ipairs(marks) do
  mine[i] = row.value
end
return { 'done', outcomes, mine, sizes, redis.call('hgetall', record) }
