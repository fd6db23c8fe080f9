-- What wrk asks. Words: the kind of event ("-": as the address says), of how many articles, and a seed, so that no two runs
-- have a key or a reader in common.
local kind, articles, seed, count = "-", 1, "", 0

function init(words)
  kind, articles, seed = words[1] or "-", tonumber(words[2] or "1"), words[3] or ""
  if kind == "-" then
    request = nil
  end
end

function request()
  count = count + 1
  local article = articles == 1 and "hot" or "spread-" .. (count % articles)
  local body
  if kind == "read" then
    body = string.format('{"events":[{"type":"read","article":"%s","key":"%s%010d"}]}', article, seed, count)
  else
    body = string.format(
      '{"visitor":"%s%015dA","events":[{"type":"react","article":"%s","reaction":"happy","seq":1448000000123}]}',
      seed, count, article)
  end
  return wrk.format("POST", nil, { ["Content-Type"] = "text/plain" }, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
