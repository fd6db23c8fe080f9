-- The requests of a benchmark, for wrk. Arguments: kind of POST ("-": GET requests of the URL), number of articles, and
-- number of the run, which makes keys, readers and addresses distinct between runs.
local what, articles, run, count = "-", 1, 0, 0

local function article()
  return articles == 1 and "hot" or "spread-" .. (count % articles)
end

-- Each function returns path, headers and body.
local posts = {
  read = function()
    return "/v1/sites/demo/events", { ["Content-Type"] = "text/plain" },
      string.format('{"events":[{"type":"read","article":"%s","key":"%06d%010d"}]}', article(), run, count)
  end,
  react = function()
    return "/v1/sites/demo/events", { ["Content-Type"] = "text/plain" },
      string.format(
        '{"visitor":"%06d%015dA","events":[{"type":"react","article":"%s","reaction":"happy","seq":1448000000123}]}',
        run, count, article())
  end,
  waline = function()
    return "/api/article", { ["Content-Type"] = "application/json" },
      string.format('{"path":"%s","type":"reaction0","action":"inc"}', article())
  end,
  isso = function()
    -- Isso counts a /24 as one reader.
    local network = 65536 + (run * 30000 + count) % 14000000
    return "/id/" .. (count % articles + 1) .. "/like", {
      ["Content-Type"] = "application/json",
      ["X-Forwarded-For"] = string.format(
        "%d.%d.%d.1", math.floor(network / 65536), math.floor(network / 256) % 256, network % 256),
    }, "{}"
  end,
}

function init(words)
  what, articles, run = words[1] or "-", tonumber(words[2] or "1"), tonumber(words[3] or "0")
  if what == "-" then
    request = nil
  end
end

function request()
  count = count + 1
  local path, headers, body = posts[what]()
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
