-- As cold.lua, but numbers from 1 to N come back: the one of rank r as often as 1/r says (Zipf's law).
-- Arguments: what stands before and after the number, N, and a seed.
dofile("report.lua")

function init(args)
  before, after, log_n = args[1], args[2], math.log(tonumber(args[3]) + 1)
  math.randomseed(tonumber(args[4]))
end

function request()
  local rank = math.floor(math.exp(math.random() * log_n))
  return wrk.format("GET", before .. string.format("%012d", rank) .. after)
end
