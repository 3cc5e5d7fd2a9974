-- 99 reads of one page, then one write to one of its users.
-- Arguments: the page's path, and the users' ids.
dofile("report.lua")

local count = 0

function init(args)
  read, ids = wrk.format("GET", args[1]), args
end

function request()
  count = count + 1
  if count % 100 ~= 0 then return read end
  local id = ids[2 + (count / 100) % (#ids - 1)]
  local body = string.format('{"email":"%s@example.org","fullName":"Written %d"}', id, count)
  return wrk.format("PUT", "/api/v1/users/" .. id, { ["Content-Type"] = "application/json" }, body)
end
