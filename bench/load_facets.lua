-- wrk: the whole sidebar under one filter after the other, as many at a time as there are connections.
-- wrk ... -s load_facets.lua ORIGIN -- ADDRESS COOKIE RUN SEED
local asked = 0
local splits = {"train", "validation", "test", "pool"}

function init(arguments)
  address, cookie, run, seed = arguments[1], arguments[2], arguments[3], tonumber(arguments[4])
end

function request()
  asked = asked + 1
  local n = asked * 7919 + seed
  local body = string.format(
    '{"filter":{"all":[{"split":["%s"]},{"field":"field 0","in":["value %d","value %d"]},{"field":"field 1","in":["value %d"]}]},"run":"%s"}',
    splits[n % 4 + 1], n % 10, math.floor(n / 10) % 10, math.floor(n / 100) % 10, run)
  return wrk.format("POST", address, {["Content-Type"] = "application/json", ["Cookie"] = cookie, ["Host"] = wrk.host .. ":" .. wrk.port}, body)
end
