-- The requests of bench/client/requests.ts, made once and picked by chance.
--
--   wrk -s requests.lua http://127.0.0.1:PORT -- KIND KEYS VALUE_BYTES
--
-- KIND is put, get, quorumGet, mixed (one write in ten) or list. The last line of the output is the result as JSON.

local value
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local write_share = 0.1

local function path(index)
  return "/v2/keys/bench/" .. math.floor(index / 1000) .. "/" .. index
end

local function every(keys, make)
  local made = {}
  for index = 0, keys - 1 do
    made[index + 1] = make(path(index))
  end
  return function()
    return made[math.random(#made)]
  end
end

local function put(key)
  return wrk.format("PUT", key, form, "value=" .. value)
end

local function get(key)
  return wrk.format("GET", key)
end

local function quorum_get(key)
  return wrk.format("GET", key .. "?quorum=true")
end

local pick

function init(arguments)
  local kind, keys = arguments[1], tonumber(arguments[2])
  value = string.rep("v", tonumber(arguments[3]))
  form["Host"] = wrk.headers["Host"]
  if kind == "put" then
    pick = every(keys, put)
  elseif kind == "get" then
    pick = every(keys, get)
  elseif kind == "quorumGet" then
    pick = every(keys, quorum_get)
  elseif kind == "mixed" then
    local write, read = every(keys, put), every(keys, get)
    pick = function()
      return math.random() < write_share and write() or read()
    end
  elseif kind == "list" then
    local all = wrk.format("GET", "/v2/keys/list?recursive=true")
    pick = function()
      return all
    end
  else
    error("no such kind of request: " .. tostring(kind))
  end
end

function request()
  return pick()
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '{"requests":%d,"errors":%d,"seconds":%.3f,"p50Ms":%.3f,"p99Ms":%.3f,"worstMs":%.3f}\n',
    summary.requests,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    summary.duration / 1e6,
    latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    latency.max / 1e3
  ))
end
