-- wrk: single edits by as many writers as there are connections, each with a key of its own and based on the newest answer.
-- wrk ... -s load_edits.lua ORIGIN -- PROJECT HEAD COOKIE SAMPLES SEED
local made = 0

function init(arguments)
  project, head, cookie, samples, seed = arguments[1], tonumber(arguments[2]), arguments[3], tonumber(arguments[4]), tonumber(arguments[5])
end

function request()
  made = made + 1
  local body = string.format('{"base":%d,"target":{"ordinals":[%d]},"set":{"class":"class %d"}}', head, (made * 7919) % samples, (made + seed) % 89)
  local headers = {["Content-Type"] = "application/json", ["X-Burnish"] = "1", ["Cookie"] = cookie,
                   ["Idempotency-Key"] = string.format("load-%d-%d", seed, made), ["Host"] = wrk.host .. ":" .. wrk.port}
  return wrk.format("POST", "/api/v1/projects/" .. project .. "/edits", headers, body)
end

function response(status, headers, body)
  local sequence = tonumber(string.match(body, '"sequence":(%d+)'))
  if sequence and sequence > head then head = sequence end
end
